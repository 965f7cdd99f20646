import { verify } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { ExposureInbox } from '../exposure-inbox.js';
import { describeLocation } from '../finding.js';
import { GithubKeys } from './github-keys.js';
import { matchesIn, type GithubMessage } from './github-message.js';

/**
 * What GitHub's secret scanning sends a partner: an array of matches, signed with ECDSA on P-256 over the bytes of the body.
 * (docs.github.com, "Secret scanning partner program".) The protocol has no time and no number in what is signed, and GitHub itself sends a message
 * again that it got no answer to: the same one again is taken, and changes nothing.
 */
@Injectable()
export class GithubReports {
  constructor(
    private readonly inbox: ExposureInbox,
    private readonly keys: GithubKeys,
  ) {}

  /**
   * @returns how many matches there are, known or not
   * @throws {DomainError} `exposure.not_signed`, `request.malformed`, `request.invalid`, `unavailable`
   */
  async receive(origin: Actor, { bytes, keyName, signature }: GithubMessage): Promise<number> {
    const key = await this.keys.find(keyName, origin.requestId);
    const signed = Buffer.from(signature, 'base64');
    if (!key || !verify('sha256', bytes, { key, dsaEncoding: 'der' }, signed))
      throw new DomainError('exposure.not_signed');
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
