import type { Redis } from 'ioredis';

/**
 * Counts a request in a sliding window: a list of parts `<time of the first request> <time of the latest request> <cost>`, oldest first, by the
 * clock of Redis. Returns whether the request is allowed, what is used, the time until a part leaves the window or the request fits, and the
 * time of the request.
 */
const TAKE = `
  local limit, window, part, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local clock = redis.call('TIME')
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  local parts, used = {}, 0
  for _, text in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    local first, last, costs = string.match(text, '(%d+) (%d+) (%d+)')
    if now - last >= window then redis.call('LPOP', KEYS[1])
    else
      parts[#parts + 1] = { tonumber(first), tonumber(last), tonumber(costs) }
      used = used + costs
    end
  end
  if cost > 0 and used + cost > limit then
    local left = used
    for _, one in ipairs(parts) do
      left = left - one[3]
      if left + cost <= limit then return { 0, used, one[2] + window - now, now } end
    end
    return { 0, used, window, now }
  end
  local newest = parts[#parts]
  if cost > 0 then
    if newest and (newest[2] >= now or now - newest[1] < part) then
      newest[2], newest[3] = math.max(now, newest[2]), newest[3] + cost
      redis.call('LSET', KEYS[1], -1, string.format('%.0f %.0f %.0f', newest[1], newest[2], newest[3]))
    else
      parts[#parts + 1] = { now, now, cost }
      redis.call('RPUSH', KEYS[1], string.format('%.0f %.0f %.0f', now, now, cost))
    end
    redis.call('PEXPIRE', KEYS[1], window)
  end
  local oldest = parts[1]
  return { 1, used + cost, oldest and oldest[2] + window - now or window, now }`;

/** Takes back a request from the part that it was counted in. */
const RESTORE = `
  local cost, at = tonumber(ARGV[1]), tonumber(ARGV[2])
  for index, text in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    local first, last, costs = string.match(text, '(%d+) (%d+) (%d+)')
    if tonumber(last) >= at then
      local left = math.max(0, costs - cost)
      return redis.call('LSET', KEYS[1], index - 1, string.format('%s %s %.0f', first, last, left))
    end
  end`;

const PREFIX = 'keywright:sliding-rate';

export interface RedisTake {
  isAllowed: boolean;
  used: number;
  waitMs: number;
  /** The time at which Redis counted the request, by its clock. */
  atMs: number;
}

/** Counts a request in the window that all instances share. */
export async function takeInRedis(
  redis: Redis,
  keyId: string,
  { limit, windowMs, partMs, cost }: { limit: number; windowMs: number; partMs: number; cost: number },
): Promise<RedisTake> {
  const answer = await redis.eval(TAKE, 1, `${PREFIX}:${keyId}`, limit, windowMs, partMs, cost);
  const [isAllowed, used, waitMs, atMs] = answer as [number, number, number, number];
  return { isAllowed: isAllowed === 1, used, waitMs, atMs };
}

/** Takes back a request that Redis has counted. */
export async function restoreInRedis(redis: Redis, keyId: string, cost: number, atMs: number): Promise<void> {
  await redis.eval(RESTORE, 1, `${PREFIX}:${keyId}`, cost, atMs);
}
