import { hash, randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../../../platform/events/domain-error.js';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';

/** What made an imported hash; until its key is first used, this stands where the id of a pepper will. */
export const SLOW_ALGORITHMS = ['bcrypt', 'argon2'] as const;
export type SlowAlgorithm = (typeof SLOW_ALGORITHMS)[number];

/** Comparisons at a time; each takes a core for up to a second. */
const AT_ONCE = 2;

/** Comparisons that wait for their turn, in all and for one hash. */
const WAITING_MAX = 50;
const PER_HASH_MAX = 4;

/** How long one waits. */
const PATIENCE_MS = 2000;

/** Answers that are remembered. */
const ANSWERS_MAX = 10_000;

/** Bytes; what comes after them makes no difference to bcrypt. */
const BCRYPT_MAX = 72;

const unavailable = (): DomainError => new DomainError('unavailable', { retryAfterSeconds: 1 });

/**
 * Compares secrets with hashes that are slow on purpose, two at a time. Whoever guesses fills no more than a short queue, and an answer
 * is remembered by a digest that only this process can make: to ask the same again costs nothing.
 */
export class SlowHashes {
  /** Comparisons under way. */
  running = 0;
  private readonly salt = randomBytes(12).toString('base64');
  private readonly answers = new LRUCache<string, MaybePromise<boolean>>({ max: ANSWERS_MAX });
  private readonly waiting: (() => void)[] = [];
  private readonly perHash = new Map<string, number>();

  /** @throws {DomainError} `unavailable` when too many are waiting already */
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
      await this.run();
      return await work().finally(() => this.next());
    } finally {
      const left = (this.perHash.get(slowHash) ?? 1) - 1;
      if (left === 0) this.perHash.delete(slowHash);
      else this.perHash.set(slowHash, left);
    }
  }

  private async run(): Promise<void> {
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
      }, PATIENCE_MS);
      this.waiting.push(begin);
    });
  }

  /** Hands the place on to whoever waits. */
  private next(): void {
    const begin = this.waiting.shift();
    if (begin) begin();
    else this.running -= 1;
  }
}

async function compare(secret: string, slowHash: string, algorithm: SlowAlgorithm): Promise<boolean> {
  if (algorithm === 'argon2') return verify(slowHash, secret);
  // What PHP and others call 2y is what everybody else calls 2b.
  return secret.length <= BCRYPT_MAX && bcrypt.compare(secret, slowHash.replace(/^\$2y\$/, '$2b$'));
}
