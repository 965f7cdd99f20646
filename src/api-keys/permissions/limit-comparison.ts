import { areWithin } from '../../platform/validation/networks.js';
import type { KeyLimits } from '../api-key.entity.js';
import { readRateLimits } from '../rate-limits.js';

/** Whether changes to a key's limits let it do something that it couldn't do before. */
export function isRelaxed(key: KeyLimits, changes: Partial<KeyLimits>): boolean {
  const after = { ...key, ...changes };
  return isRateRelaxed(key, after) || isQuotaRelaxed(key, after) || isAddressListRelaxed(key, after);
}

function isRateRelaxed(before: KeyLimits, after: KeyLimits): boolean {
  const limits = readRateLimits(after);
  return readRateLimits(before).some(
    (former) => !limits.some((one) => one.limit <= former.limit && one.windowSeconds >= former.windowSeconds),
  );
}

function isQuotaRelaxed(before: KeyLimits, after: KeyLimits): boolean {
  if (before.quotaLimit === null) return false;
  const isTighter = after.quotaLimit !== null && after.quotaLimit <= before.quotaLimit;
  return !isTighter || (before.quotaPeriod === 'month' && after.quotaPeriod === 'day');
}

function isAddressListRelaxed({ allowedIps: before }: KeyLimits, { allowedIps: after }: KeyLimits): boolean {
  return before !== null && (after === null || !areWithin(after, before));
}
