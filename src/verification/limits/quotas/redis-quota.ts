import type { SharedCounters } from '../../../platform/limits/shared-counters.js';
import type { QuotaAccount } from './quota-account.js';

/**
 * Counts a request against quotas, or against none of them if one refuses it. A count starts at no less than the use that this instance knows
 * of, which restores counts that Redis has lost. Returns the use of each quota, after which of them refuses, or 0.
 */
const COUNT = `
  local cost, answer = tonumber(ARGV[1]), { 0 }
  for n, key in ipairs(KEYS) do
    local used = math.max(tonumber(redis.call('GET', key) or 0), tonumber(ARGV[3 * n - 1]))
    if cost > 0 and used + cost > tonumber(ARGV[3 * n]) and answer[1] == 0 then answer[1] = n end
    answer[n + 1] = used
  end
  if cost > 0 and answer[1] == 0 then
    for n, key in ipairs(KEYS) do
      answer[n + 1] = answer[n + 1] + cost
      redis.call('SET', key, answer[n + 1])
      redis.call('PEXPIREAT', key, ARGV[3 * n + 1])
    end
  end
  return answer`;

const PREFIX = 'keywright:quota';

/** Names a quota's period. */
export const termKey = ({ subjectId, startMs }: Pick<QuotaAccount, 'subjectId' | 'startMs'>): string =>
  `${subjectId}:${startMs}`;

/** What Redis has counted. */
export interface RedisCount {
  /** The account that refuses the request. */
  refuser: QuotaAccount | undefined;
  /** The use of each account. */
  used: number[];
}

/**
 * Counts a request against quotas in Redis.
 *
 * @returns `null` if Redis doesn't respond
 */
export async function countQuotas(
  { redis }: SharedCounters,
  accounts: readonly QuotaAccount[],
  cost: number,
): Promise<RedisCount | null> {
  if (!redis) return null;
  const names = accounts.map((account) => `${PREFIX}:${termKey(account)}`);
  const settings = accounts.flatMap(({ knownUse, limit, endMs }) => [knownUse, limit, endMs]);
  try {
    const [which = 0, ...used] = (await redis.eval(COUNT, names.length, ...names, cost, ...settings)) as number[];
    if (which === 0) for (const account of accounts) account.counted += cost;
    return { refuser: accounts[which - 1], used };
  } catch {
    return null;
  }
}
