import type { SharedLimit } from './shared-limit.entity.js';
import type { SharedLimitView } from './shared-limits.dto.js';

export const presentSharedLimit = (shared: SharedLimit): SharedLimitView => ({
  externalId: shared.externalId,
  rateLimits: shared.rateLimits,
  quota:
    shared.quotaLimit === null || shared.quotaPeriod === null
      ? null
      : { limit: shared.quotaLimit, period: shared.quotaPeriod },
  createdAt: shared.createdAt.toISOString(),
  updatedAt: shared.updatedAt.toISOString(),
});
