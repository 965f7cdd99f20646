import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { DomainError, type ErrorCode } from '../events/domain-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Counter } from './database-limiter.js';

/** The most exhausted subjects that a process remembers. A forgotten one is asked for again where counts are kept. */
const REMEMBERED_MAX = 10_000;

/** Limits how often something happens in a window, for each subject: an address, a name, an endpoint. */
export class Limiter {
  /** When the window of an exhausted subject ends. A subject in here costs no statement. */
  private readonly exhausted = new LRUCache<string, number>({ max: REMEMBERED_MAX });

  /**
   * @param name by which subjects of this limit differ from those of others
   * @param counter `null` when the limit is switched off
   * @param refusal the code of the error
   */
  constructor(
    private readonly name: string,
    private readonly counter: Counter | null,
    private readonly clock: Clock,
    private readonly refusal: ErrorCode = 'request.rate_limited',
  ) {}

  /**
   * Counts one.
   *
   * @throws {DomainError} the refusal, when the limit has been reached
   */
  async take(subject: string): Promise<void> {
    const { counter } = this;
    if (!counter) return;
    const id = this.idOf(subject);
    this.assertOpenId(id);
    try {
      await counter.consume(id);
    } catch (reached) {
      if (!(reached instanceof RateLimiterRes)) throw reached;
      this.exhausted.set(id, this.clock.nowMs() + reached.msBeforeNext);
      throw this.refuse(reached.msBeforeNext);
    }
  }

  /** Takes one back that was counted. */
  async giveBack(subject: string): Promise<void> {
    await this.counter?.reward(this.idOf(subject));
  }

  /**
   * Refuses a subject that this process knows to have reached the limit. Asks nobody else.
   *
   * @throws {DomainError} the refusal
   */
  assertOpen(subject: string): void {
    if (this.counter) this.assertOpenId(this.idOf(subject));
  }

  private assertOpenId(id: string): void {
    const waitMs = (this.exhausted.get(id) ?? 0) - this.clock.nowMs();
    if (waitMs > 0) throw this.refuse(waitMs);
  }

  private refuse(waitMs: number): DomainError {
    return new DomainError(this.refusal, {
      limitPerMinute: this.counter?.points,
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  }

  private idOf(subject: string): string {
    return createHash('sha256').update(`${this.name} ${subject}`).digest('hex');
  }
}
