import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { DomainError, type ErrorCode } from '../../platform/events/domain-error.js';
import { partyAt } from '../../platform/limits/address.js';
import type { Limiter } from '../../platform/limits/limiter.js';
import { Limiters } from '../../platform/limits/limiters.js';
import { Lines } from '../../platform/limits/lines.js';
import type { Account } from '../account.entity.js';

/** The number of names for which logins from one address can fail, each up to the limit, before the address itself is throttled. */
const NAMES_PER_ADDRESS = 10;

/** The most attempts from one address at a time. Others wait, so that simultaneous logins that are right are not refused. */
const AT_ONCE = 8;

/** The subject of guesses at an account's password, at logins and as `currentPassword` alike. */
export const guessesAt = ({ id }: Pick<Account, 'id'>): string => `account ${id}`;

/** The errors that count as failures. */
const FAILURES: readonly ErrorCode[] = [
  'login.failed',
  'login.challenge_gone',
  'login.second_factor_failed',
  'password.current_wrong',
];

/**
 * Slows down password guessing. Failures are counted per name and address, and per address, but never per name alone, so that guessing at
 * an account's password locks out only the guesser's own address.
 */
@Injectable()
export class LoginThrottle {
  private readonly isOff: boolean;
  private readonly pairs: Limiter;
  private readonly addresses: Limiter;
  private readonly addressLines = new Lines(AT_ONCE);
  private readonly pairLines = new Lines(1);

  constructor(limiters: Limiters, { LOGIN_RATE_LIMIT_PER_MINUTE: points }: Config) {
    this.isOff = points === 0;
    this.pairs = limiters.perMinute('login', points, 'login.throttled');
    this.addresses = limiters.perMinute('logins', points * NAMES_PER_ADDRESS, 'login.throttled');
  }

  /**
   * Runs an attempt. It is counted as a failure before it begins, and given back unless it fails, so that attempts at once cannot exceed
   * the limit, at whichever instances. An address that has reached the limit costs neither a look-up nor a hash.
   *
   * @param findSubject finds what failures are counted for beside the address
   * @throws {DomainError} `login.throttled`, or the error of `attempt`, of which wrong passwords and wrong second factors count as failures
   */
  async guard<T>(address: string, findSubject: () => Promise<string>, attempt: () => Promise<T>): Promise<T> {
    if (this.isOff) {
      await findSubject();
      return attempt();
    }
    const party = partyAt(address);
    return this.addressLines.run(party, async () => {
      this.addresses.assertOpen(party);
      const pair = `${party} ${await findSubject()}`;
      return this.pairLines.run(pair, () => this.count(party, pair, attempt));
    });
  }

  private async count<T>(party: string, pair: string, attempt: () => Promise<T>): Promise<T> {
    this.pairs.assertOpen(pair);
    await this.addresses.take(party);
    const counted: [Limiter, string][] = [[this.addresses, party]];
    let hasFailed = false;
    try {
      await this.pairs.take(pair);
      counted.push([this.pairs, pair]);
      return await attempt();
    } catch (error) {
      hasFailed = error instanceof DomainError && FAILURES.includes(error.code);
      throw error;
    } finally {
      if (!hasFailed) await Promise.all(counted.map(([limiter, subject]) => limiter.giveBack(subject)));
    }
  }
}
