import { Injectable } from '@nestjs/common';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import type { CachedKey } from '../cache/cached-key.js';
import type { QuotaLimit, RateLimit } from '../cache/key-limits.js';
import { Verdict, type Outcome, type RateState } from '../outcome.js';
import { Quotas } from './quotas/quotas.js';
import { Rates, type RateVerdict } from './rates/rates.js';

const NO_RATES: readonly RateState[] = [];

/** Enforces all limits of a key: each must admit a request, and one that any of them refuses uses up nothing of the others. */
@Injectable()
export class Limits {
  constructor(
    private readonly quotas: Quotas,
    private readonly rates: Rates,
  ) {}

  /**
   * Counts a request against the limits of its key. Returns without a promise, unless Redis counts them or a quota has to be borrowed.
   *
   * @throws {DomainError} `unavailable` if the request must wait for the database, which doesn't answer
   */
  consume(key: CachedKey, cost: number, nowMs: number): MaybePromise<Verdict> {
    const { rates, quotas } = key;
    if (rates.length === 0 && quotas.length === 0) return new Verdict('VALID', key);
    for (const rate of rates) if (cost > rate.limit) return impossible('RATE_LIMITED', key, rate);
    for (const quota of quotas) if (cost > quota.limit) return impossible('QUOTA_EXCEEDED', key, quota);
    if (rates.length === 0) return this.consumeQuotas(key, cost, nowMs, null);
    return andThen(this.rates.consume(rates, cost, nowMs), (verdict) => this.consumeQuotas(key, cost, nowMs, verdict));
  }

  private consumeQuotas(
    key: CachedKey,
    cost: number,
    nowMs: number,
    byRate: RateVerdict | null,
  ): MaybePromise<Verdict> {
    const { rates, quotas } = key;
    const states = byRate?.states ?? NO_RATES;
    if (byRate?.refusedBy) {
      const { refusedBy } = byRate;
      const refusal = { refusedBy, retryAfterSeconds: refusedBy.resetSeconds, exceeds: null };
      return new Verdict('RATE_LIMITED', key, states, undefined, refusal);
    }
    if (quotas.length === 0) return new Verdict('VALID', key, states);
    return andThen(
      this.quotas.consume(quotas, cost, nowMs),
      ({ states: quotaStates, refusal }) => {
        if (!refusal) return new Verdict('VALID', key, states, quotaStates);
        if (byRate) this.rates.restore(rates, byRate, cost);
        return new Verdict('QUOTA_EXCEEDED', key, states, quotaStates, refusal);
      },
      (reason: unknown) => {
        if (byRate) this.rates.restore(rates, byRate, cost);
        throw reason;
      },
    );
  }
}

/** The verdict on a request that costs more than a limit ever allows. */
const impossible = (outcome: Outcome, key: CachedKey, exceeds: RateLimit | QuotaLimit): Verdict =>
  new Verdict(outcome, key, undefined, undefined, { refusedBy: null, retryAfterSeconds: null, exceeds });
