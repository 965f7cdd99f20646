import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';

const WINDOW_SECONDS = 60;

/** Names that one address may fail at, each as often as the limit says, before the address itself has to wait. */
const NAMES_PER_ADDRESS = 10;

/**
 * Slows guessing down. Failures are counted for each name at each address, and for the address alone, never for the name alone:
 * whoever guesses at somebody's password locks out nobody but the own address.
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
   * Runs a login. Attempts at one name from one address run one after another, so that a thousand at once fail no oftener than ten.
   *
   * @throws {DomainError} `login.throttled`, or whatever `attempt` throws; only `login.failed` counts as a failure
   */
  async guard<T>(name: string, address: string, attempt: () => Promise<T>): Promise<T> {
    const { pairs, addresses } = this;
    if (!pairs || !addresses) return attempt();
    const pair = `${address} ${name}`;
    return this.serialize(pair, async () => {
      await refuseWhenSpent(pairs, pair);
      await refuseWhenSpent(addresses, address);
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
    const turn = (this.running.get(key) ?? Promise.resolve()).then(task, task);
    const settled = turn.catch(() => undefined);
    this.running.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.running.get(key) === settled) this.running.delete(key);
    }
  }
}

async function refuseWhenSpent(limiter: RateLimiterMemory, key: string): Promise<void> {
  const state = await limiter.get(key);
  if (state === null || state.consumedPoints < limiter.points) return;
  throw new DomainError('login.throttled', { retryAfterSeconds: Math.max(1, Math.ceil(state.msBeforeNext / 1000)) });
}
