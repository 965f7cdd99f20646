import type { Caller } from '../../../access/caller.js';
import { canAccessOtherTenants } from '../../../access/tenant-access.js';
import { resolveTenant } from '../../../api-keys/merchants/tenant-scope.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import type { Grouping, UsageReport } from '../../usage/merchant-usage-reports.js';
import type { UsageSelection } from '../../usage/usage-sources.js';
import type { MerchantUsageQuery, MerchantUsageView } from './merchant-usage.dto.js';

/**
 * Returns which verifications a caller asks about.
 *
 * @throws {DomainError} `access.other_owner`, and `request.invalid` if both a merchant and all merchants are named
 */
export function selectUsage(caller: Caller, query: MerchantUsageQuery): UsageSelection {
  const { allMerchants = false, application, externalId, merchantId } = query;
  if (!allMerchants) return { ...resolveTenant(caller, merchantId, 'read'), application, externalId };
  if (merchantId !== undefined)
    throw DomainError.invalid('allMerchants', 'allMerchants cannot be combined with merchantId');
  if (!canAccessOtherTenants(caller, 'read')) throw new DomainError('access.other_owner');
  return { merchantId: null, personalOf: null, application, externalId };
}

export const presentMerchantUsage = (
  { merchantId }: UsageSelection,
  groupBy: Grouping,
  { from, to, ...report }: UsageReport,
): MerchantUsageView => ({ ...report, merchantId, groupBy, from: from.toISOString(), to: to.toISOString() });
