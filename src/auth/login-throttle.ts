import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';

const WINDOW_SECONDS = 60;

/** The number of names for which logins from one address can fail, each up to the limit, before the address itself is throttled. */
const NAMES_PER_ADDRESS = 10;

/**
 * Slows down password guessing. Failures are counted per name and address, and per address, but never per name alone, so that guessing at
 * an account's password locks out only the guesser's own address.
 */
@Injectable()
export class LoginThrottle {
  private readonly pairs: RateLimiterMemory | null;
  private readonly addresses: RateLimiterMemory | null;
  private readonly running = new Map<string, Promise<unknown>>();

  constructor({ LOGIN_RATE_LIMIT_PER_MINUTE: points }: Config) {
    const limiter = (count: number): RateLimiterMemory | null =>
      count === 0 ? null : new RateLimiterMemory({ points: count, duration: WINDOW_SECONDS });
    this.pairs = limiter(points);
    this.addresses = limiter(points * NAMES_PER_ADDRESS);
  }

  /**
   * Runs a login attempt. Attempts for one name from one address run one after another, so that concurrent attempts cannot exceed the
   * limit.
   *
   * @throws {DomainError} `login.throttled`, or the error of `attempt`, of which only `login.failed` counts as a failure
   */
  async guard<T>(name: string, address: string, attempt: () => Promise<T>): Promise<T> {
    const { pairs, addresses } = this;
    if (!pairs || !addresses) return attempt();
    const pair = `${address} ${name}`;
    return this.serialize(pair, async () => {
      await assertNotExhausted(pairs, pair);
      await assertNotExhausted(addresses, address);
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof DomainError && error.code === 'login.failed') {
          await pairs.penalty(pair);
          await addresses.penalty(address);
        }
        throw error;
      }
    });
  }

  private async serialize<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.running.get(key) ?? Promise.resolve()).then(task, task);
    const settled = result.catch(() => undefined);
    this.running.set(key, settled);
    try {
      return await result;
    } finally {
      if (this.running.get(key) === settled) this.running.delete(key);
    }
  }
}

async function assertNotExhausted(limiter: RateLimiterMemory, key: string): Promise<void> {
  const state = await limiter.get(key);
  if (state === null || state.consumedPoints < limiter.points) return;
  throw new DomainError('login.throttled', { retryAfterSeconds: Math.max(1, Math.ceil(state.msBeforeNext / 1000)) });
}
