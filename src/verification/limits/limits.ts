import { Injectable } from '@nestjs/common';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import type { CachedKey } from '../cache/cached-key.js';
import { UNLIMITED, type LimitVerdict, type QuotaState, type RateState } from '../outcome.js';
import { Quotas } from './quotas/quotas.js';
import { Rates, type RateVerdict } from './rates/rates.js';

const NO_RATES: readonly RateState[] = [];
const NO_QUOTAS: readonly QuotaState[] = [];
const ALLOWED: LimitVerdict = { outcome: 'VALID', ...UNLIMITED };

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
  consume(key: CachedKey, cost: number, nowMs: number): MaybePromise<LimitVerdict> {
    const { rates, quotas } = key;
    if (rates.length === 0 && quotas.length === 0) return ALLOWED;
    for (const rate of rates) if (cost > rate.limit) return { outcome: 'RATE_LIMITED', ...UNLIMITED, exceeds: rate };
    for (const quota of quotas)
      if (cost > quota.limit) return { outcome: 'QUOTA_EXCEEDED', ...UNLIMITED, exceeds: quota };
    if (rates.length === 0) return this.consumeQuotas(key, cost, nowMs, null);
    return andThen(this.rates.consume(rates, cost, nowMs), (verdict) => this.consumeQuotas(key, cost, nowMs, verdict));
  }

  private consumeQuotas(
    { rates, quotas }: CachedKey,
    cost: number,
    nowMs: number,
    byRate: RateVerdict | null,
  ): MaybePromise<LimitVerdict> {
    const states = byRate?.states ?? NO_RATES;
    if (byRate?.refusedBy) {
      const { refusedBy } = byRate;
      return {
        outcome: 'RATE_LIMITED',
        rates: states,
        quotas: NO_QUOTAS,
        refusedBy,
        retryAfterSeconds: refusedBy.resetSeconds,
      };
    }
    if (quotas.length === 0) return { outcome: 'VALID', rates: states, quotas: NO_QUOTAS };
    return andThen(
      this.quotas.consume(quotas, cost, nowMs),
      ({ states: quotaStates, refusal }) => {
        if (!refusal) return { outcome: 'VALID', rates: states, quotas: quotaStates };
        if (byRate) this.rates.restore(rates, byRate, cost);
        return { outcome: 'QUOTA_EXCEEDED', rates: states, quotas: quotaStates, ...refusal };
      },
      (reason: unknown) => {
        if (byRate) this.rates.restore(rates, byRate, cost);
        throw reason;
      },
    );
  }
}
