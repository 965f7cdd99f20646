import type { SharedCounters } from '../../../platform/limits/shared-counters.js';
import type { QuotaAccount } from './quota-account.js';

/** Counts a request. A count starts at no less than the use that this instance knows of, which restores counts that Redis has lost. */
const COUNT = `
  local used = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[1]))
  if used + ARGV[2] > tonumber(ARGV[3]) then return 0 end
  redis.call('SET', KEYS[1], used + ARGV[2])
  redis.call('PEXPIREAT', KEYS[1], ARGV[4])
  return 1`;

const PREFIX = 'keywright:quota';

/**
 * Counts a request against a quota in Redis.
 *
 * @returns whether the quota allows the request; `null` if Redis doesn't respond
 */
export async function countQuota(
  { redis }: SharedCounters,
  name: string,
  account: QuotaAccount,
  cost: number,
): Promise<boolean | null> {
  const { knownUse, limit, endMs } = account;
  try {
    const isAllowed = (await redis?.eval(COUNT, 1, `${PREFIX}:${name}`, knownUse, cost, limit, endMs)) === 1;
    if (isAllowed) account.counted += cost;
    return isAllowed;
  } catch {
    return null;
  }
}
