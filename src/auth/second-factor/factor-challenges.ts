import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LessThan, MoreThan } from 'typeorm';
import type { Account } from '../../accounts/account.entity.js';
import { FactorChallenge, type ChallengePurpose } from '../../accounts/second-factors/factor-challenge.entity.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { cleanUpJob } from '../../platform/jobs/clean-up-job.js';
import { Clock, secondsAfter } from '../../platform/runtime/clock.js';

/** The time in which a challenge must be met. */
export const CHALLENGE_SECONDS = 300;

/** The wrong answers after which a challenge is void. */
const FAILURES_MAX = 5;

/** The time for which wrong answers count for their account. */
const REMEMBERED_SECONDS = 3600;

/** Challenges that are valid for a few minutes and met once, on any instance. Only their hashes are stored. */
@Injectable()
export class FactorChallenges {
  constructor(private readonly clock: Clock) {}

  async issue({ manager }: Transaction, account: Account, purpose: ChallengePurpose): Promise<string> {
    const now = this.clock.now();
    const challenge = randomBytes(32).toString('base64url');
    await manager.insert(FactorChallenge, {
      id: idOf(challenge),
      accountId: account.id,
      purpose,
      passwordDigest: digest(account),
      failures: 0,
      createdAt: now,
      expiresAt: secondsAfter(now, CHALLENGE_SECONDS),
    });
    return challenge;
  }

  /**
   * Takes a challenge to answer it, and counts a failure in advance, so that answers at the same time cannot exceed the limit.
   *
   * @returns `null` when it is unknown, or not valid any longer
   */
  async take({ manager }: Transaction, challenge: string, purpose: ChallengePurpose): Promise<FactorChallenge | null> {
    const id = idOf(challenge);
    const valid = { id, purpose, failures: LessThan(FAILURES_MAX), expiresAt: MoreThan(this.clock.now()) };
    const { affected } = await manager.update(FactorChallenge, valid, { failures: () => 'failures + 1' });
    return affected === 1 ? manager.findOneByOrFail(FactorChallenge, { id }) : null;
  }

  /** Whether a challenge is for this account as it is now: a new password voids it. */
  isFor({ accountId, passwordDigest }: FactorChallenge, account: Account): boolean {
    return accountId === account.id && passwordDigest === digest(account);
  }

  /** Removes a challenge that has been met. */
  async meet({ manager }: Transaction, { id }: FactorChallenge): Promise<void> {
    await manager.delete(FactorChallenge, { id });
  }

  /** Counts the wrong answers for an account within an hour, with the one that is counted in advance. */
  async countFailures({ manager }: Transaction, accountId: number): Promise<number> {
    const createdAt = MoreThan(this.clock.in(-REMEMBERED_SECONDS));
    return (await manager.sum(FactorChallenge, 'failures', { accountId, purpose: 'login', createdAt })) ?? 0;
  }
}

/** Deletes challenges whose failures don't count any longer. */
export const OldChallenges = cleanUpJob({
  name: 'factor_challenges',
  schedule: '35 * * * *',
  count: 'deleted',
  table: FactorChallenge,
  outdated: (clock) => ({ expiresAt: LessThan(clock.in(-REMEMBERED_SECONDS)) }),
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const idOf = (challenge: string): string => sha256(challenge);

const digest = ({ passwordHash }: Account): string => sha256(passwordHash ?? '');
