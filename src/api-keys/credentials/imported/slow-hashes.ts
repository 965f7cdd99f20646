import { hash, randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../../../platform/events/domain-error.js';
import { FairQueue, QueueFull } from '../../../platform/runtime/fair-queue.js';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';

/** The algorithm of an imported hash. It stands in place of the pepper's id until the key is first used. */
export const SLOW_ALGORITHMS = ['bcrypt', 'argon2'] as const;
export type SlowAlgorithm = (typeof SLOW_ALGORITHMS)[number];

/**
 * Comparisons wait in turns by merchant. A merchant's surplus is refused, and so is that of one hash, which somebody may be guessing. Each
 * comparison takes a core for up to a quarter of a second.
 */
const LIMITS = { concurrency: 2, waitingPerKey: 20, waiting: 200, waitMs: 5000 };

/** The most comparisons with one hash that run or wait. */
const PER_HASH_MAX = 4;

/** Results that are cached. */
const ANSWERS_MAX = 10_000;

/** The number of bytes that bcrypt hashes. It ignores any further bytes, so longer secrets are refused. */
export const BCRYPT_MAX = 72;

const unavailable = (): DomainError => new DomainError('unavailable', { retryAfterSeconds: 1 });

/**
 * Compares secrets with hashes that are slow on purpose, a few at a time. Merchants take turns, so that one whose keys are guessed, or
 * imported to be slow, delays only its own. Results are cached under a digest that only this process can compute, so that repeating a
 * comparison costs nothing.
 */
export class SlowHashes {
  private readonly queue = new FairQueue(LIMITS);
  private readonly salt = randomBytes(12).toString('base64');
  private readonly answers = new LRUCache<string, MaybePromise<boolean>>({ max: ANSWERS_MAX });
  private readonly perHash = new Map<string, number>();

  /** The number of comparisons in progress. */
  get running(): number {
    return this.queue.running;
  }

  /**
   * @param merchantId whose key the hash belongs to
   * @throws {DomainError} `unavailable` if too many comparisons are waiting
   */
  matches(secret: string, slowHash: string, algorithm: SlowAlgorithm, merchantId: string): MaybePromise<boolean> {
    const digest = hash('sha256', `${this.salt} ${slowHash} ${secret}`, 'base64');
    const known = this.answers.get(digest);
    if (known !== undefined) return known;
    const answer = this.enqueue(slowHash, merchantId, () => compare(secret, slowHash, algorithm));
    this.answers.set(digest, answer);
    answer.then(
      (isRight) => this.answers.set(digest, isRight),
      () => this.answers.delete(digest),
    );
    return answer;
  }

  private async enqueue(slowHash: string, merchantId: string, work: () => Promise<boolean>): Promise<boolean> {
    const already = this.perHash.get(slowHash) ?? 0;
    if (already >= PER_HASH_MAX) throw unavailable();
    this.perHash.set(slowHash, already + 1);
    try {
      return await this.queue.run(merchantId, work);
    } catch (error) {
      throw error instanceof QueueFull ? unavailable() : error;
    } finally {
      const left = (this.perHash.get(slowHash) ?? 1) - 1;
      if (left === 0) this.perHash.delete(slowHash);
      else this.perHash.set(slowHash, left);
    }
  }
}

async function compare(secret: string, slowHash: string, algorithm: SlowAlgorithm): Promise<boolean> {
  if (algorithm === 'argon2') return verify(slowHash, secret);
  // PHP writes 2y for the version that other implementations write as 2b.
  return secret.length <= BCRYPT_MAX && bcrypt.compare(secret, slowHash.replace(/^\$2y\$/, '$2b$'));
}
