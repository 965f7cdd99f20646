import { verify } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { partyAt } from '../../platform/limits/address.js';
import type { Limiter } from '../../platform/limits/limiter.js';
import { Limiters } from '../../platform/limits/limiters.js';
import { ExposureInbox } from '../exposure-inbox.js';
import { describeLocation } from '../finding.js';
import { GithubKeys } from './github-keys.js';
import { matchesIn, type GithubMessage } from './github-message.js';

/**
 * Receives the messages of GitHub's secret scanning partner program: an array of matches, signed with ECDSA on P-256 over the bytes of the body
 * (docs.github.com, "Secret scanning partner program"). The signed data has no time and no sequence number, and GitHub repeats a message that was
 * not answered, so a repeated message is accepted and changes nothing.
 */
@Injectable()
export class GithubReports {
  /** Messages without a valid signature, for each address. GitHub's own are not limited. */
  private readonly unsigned: Limiter;

  constructor(
    private readonly inbox: ExposureInbox,
    private readonly keys: GithubKeys,
    limiters: Limiters,
    { EXPOSURE_RATE_LIMIT_PER_MINUTE }: Config,
  ) {
    this.unsigned = limiters.perMinute('unsigned', EXPOSURE_RATE_LIMIT_PER_MINUTE);
  }

  /**
   * @returns the number of matches, whether their keys exist or not
   * @throws {DomainError} `exposure.not_signed`, `request.rate_limited`, `request.malformed`, `request.invalid`, `unavailable`
   */
  async receive(origin: Actor, { bytes, keyName, signature }: GithubMessage): Promise<number> {
    const party = partyAt(origin.address ?? '');
    this.unsigned.assertOpen(party);
    const key = await this.keys.find(keyName, origin.requestId);
    const signed = Buffer.from(signature, 'base64');
    if (!key || !verify('sha256', bytes, { key, dsaEncoding: 'der' }, signed)) {
      await this.unsigned.take(party);
      throw new DomainError('exposure.not_signed');
    }
    const matches = matchesIn(bytes);
    await this.inbox.take(
      matches.map(({ token, url, source }) => ({
        text: token.trim(),
        source: 'github',
        place: describeLocation(url ?? source, [token]),
        origin,
      })),
    );
    return matches.length;
  }
}
