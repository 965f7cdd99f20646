import type { Caller } from '../../../access/caller.js';
import { resolveTenant } from '../../../api-keys/merchants/tenant-scope.js';
import { spellUuid } from '../../../platform/validation/uuid.js';
import type { DailyUsage, DailyUsageSelection } from '../../usage/daily-usage-reports.js';
import type { DailyUsageQuery, DailyUsageView } from './daily-usage.dto.js';

/**
 * Returns which keys a caller asks about.
 *
 * @throws {DomainError} `access.other_owner`
 */
export const selectKeys = (caller: Caller, { keyIds, merchantId }: DailyUsageQuery): DailyUsageSelection => ({
  ...resolveTenant(caller, merchantId, 'read'),
  keyIds: [...new Set(keyIds.split(',').map(spellUuid))],
});

export const presentDailyUsage = (
  { keyIds }: DailyUsageSelection,
  { from, to, daysOf }: DailyUsage,
): DailyUsageView => ({
  from: from.toISOString(),
  to: to.toISOString(),
  items: keyIds.flatMap((keyId) => {
    const days = daysOf.get(keyId);
    return days ? [{ keyId, total: days.reduce((sum, count) => sum + count, 0), days }] : [];
  }),
});
