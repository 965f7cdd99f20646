import type { QuotaLimit } from '../../cache/key-limits.js';
import type { LimitsLeft } from '../../limits/limits-left.js';
import type { QuotaState, RateState } from '../../outcome.js';
import type { KeyLimitsView, QuotaLeftView, RateLimitLeftView } from './limits.dto.js';

export const presentLimits = ({ key, rates, quotas }: LimitsLeft): KeyLimitsView => ({
  keyId: key.id,
  rateLimits: rates.map(presentRate),
  quotas: key.quotas.flatMap((quota, index) => {
    const state = quotas[index];
    return state ? [presentQuota(quota, state)] : [];
  }),
});

const presentRate = ({ appliesTo, limit, windowSeconds, remaining, resetSeconds }: RateState): RateLimitLeftView => ({
  appliesTo,
  limit,
  windowSeconds,
  remaining,
  resetSeconds,
});

const presentQuota = (
  { period }: QuotaLimit,
  { appliesTo, limit, remaining, resetsAtMs }: QuotaState,
): QuotaLeftView => ({
  appliesTo,
  limit,
  period,
  remaining,
  resetsAt: new Date(resetsAtMs).toISOString(),
});
