import type { KeyLimits } from '../api-keys.service.js';
import { areWithin } from './networks.js';

/** Whether changes of a key's limits let it do anything that it couldn't do before. */
export function isLoosened(key: KeyLimits, changes: Partial<KeyLimits>): boolean {
  const after = { ...key, ...changes };
  return isRateLoosened(key, after) || isQuotaLoosened(key, after) || isAllowedElsewhere(key, after);
}

function isRateLoosened(before: KeyLimits, after: KeyLimits): boolean {
  if (before.rateLimit === null) return false;
  const isTighter = after.rateLimit !== null && after.rateLimit <= before.rateLimit;
  return !isTighter || (after.rateWindowSeconds ?? 0) < (before.rateWindowSeconds ?? 0);
}

function isQuotaLoosened(before: KeyLimits, after: KeyLimits): boolean {
  if (before.quotaLimit === null) return false;
  const isTighter = after.quotaLimit !== null && after.quotaLimit <= before.quotaLimit;
  return !isTighter || (before.quotaPeriod === 'month' && after.quotaPeriod === 'day');
}

function isAllowedElsewhere({ allowedIps: before }: KeyLimits, { allowedIps: after }: KeyLimits): boolean {
  return before !== null && (after === null || !areWithin(after, before));
}
