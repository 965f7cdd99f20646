import { hash, randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../../../platform/events/domain-error.js';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';

/** The algorithm of an imported hash. It stands in place of the pepper's id until the key is first used. */
export const SLOW_ALGORITHMS = ['bcrypt', 'argon2'] as const;
export type SlowAlgorithm = (typeof SLOW_ALGORITHMS)[number];

/** Comparisons that run at the same time; each takes a core for up to a second. */
const AT_ONCE = 2;

/** Comparisons that may wait, in total and for one hash. */
const WAITING_MAX = 50;
const PER_HASH_MAX = 4;

/** How long a comparison waits at most. */
const WAIT_MAX_MS = 2000;

/** Results that are cached. */
const ANSWERS_MAX = 10_000;

/** The number of bytes that bcrypt hashes. It ignores any further bytes, so longer secrets are refused. */
const BCRYPT_MAX = 72;

const unavailable = (): DomainError => new DomainError('unavailable', { retryAfterSeconds: 1 });

/**
 * Compares secrets with hashes that are slow on purpose, two at a time. An attacker who guesses secrets fills no more than a short queue.
 * Results are cached under a digest that only this process can compute, so that repeating a comparison costs nothing.
 */
export class SlowHashes {
  /** Comparisons in progress. */
  running = 0;
  private readonly salt = randomBytes(12).toString('base64');
  private readonly answers = new LRUCache<string, MaybePromise<boolean>>({ max: ANSWERS_MAX });
  private readonly waiting: (() => void)[] = [];
  private readonly perHash = new Map<string, number>();

  /** @throws {DomainError} `unavailable` if too many comparisons are waiting */
  matches(secret: string, slowHash: string, algorithm: SlowAlgorithm): MaybePromise<boolean> {
    const digest = hash('sha256', `${this.salt} ${slowHash} ${secret}`, 'base64');
    const known = this.answers.get(digest);
    if (known !== undefined) return known;
    const answer = this.enqueue(slowHash, () => compare(secret, slowHash, algorithm));
    this.answers.set(digest, answer);
    answer.then(
      (isRight) => this.answers.set(digest, isRight),
      () => this.answers.delete(digest),
    );
    return answer;
  }

  private async enqueue(slowHash: string, work: () => Promise<boolean>): Promise<boolean> {
    const already = this.perHash.get(slowHash) ?? 0;
    if (already >= PER_HASH_MAX) throw unavailable();
    this.perHash.set(slowHash, already + 1);
    try {
      await this.acquireSlot();
      return await work().finally(() => this.releaseSlot());
    } finally {
      const left = (this.perHash.get(slowHash) ?? 1) - 1;
      if (left === 0) this.perHash.delete(slowHash);
      else this.perHash.set(slowHash, left);
    }
  }

  private async acquireSlot(): Promise<void> {
    if (this.running < AT_ONCE) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= WAITING_MAX) throw unavailable();
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(begin), 1);
        reject(unavailable());
      }, WAIT_MAX_MS);
      this.waiting.push(begin);
    });
  }

  /** Hands the slot on to the next waiting comparison, if there is one. */
  private releaseSlot(): void {
    const begin = this.waiting.shift();
    if (begin) begin();
    else this.running -= 1;
  }
}

async function compare(secret: string, slowHash: string, algorithm: SlowAlgorithm): Promise<boolean> {
  if (algorithm === 'argon2') return verify(slowHash, secret);
  // PHP writes 2y for the version that other implementations write as 2b.
  return secret.length <= BCRYPT_MAX && bcrypt.compare(secret, slowHash.replace(/^\$2y\$/, '$2b$'));
}
