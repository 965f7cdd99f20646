import type { Redis } from 'ioredis';

/**
 * Counts a request in sliding windows, or in none of them if one refuses it. A window is a list of parts `<time of the first request> <time of
 * the latest request> <cost>`, oldest first, by the clock of Redis. Returns the time of the request and, for each window, what is used, the
 * time until a part leaves the window or the request fits, and whether the window refuses the request.
 */
const TAKE = `
  local cost, clock = tonumber(ARGV[1]), redis.call('TIME')
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  local windows, isRefused = {}, false
  for n, key in ipairs(KEYS) do
    local limit, length = tonumber(ARGV[3 * n - 1]), tonumber(ARGV[3 * n])
    local parts, used = {}, 0
    for _, text in ipairs(redis.call('LRANGE', key, 0, -1)) do
      local first, last, costs = string.match(text, '(%d+) (%d+) (%d+)')
      if now - last >= length then redis.call('LPOP', key)
      else
        parts[#parts + 1] = { tonumber(first), tonumber(last), tonumber(costs) }
        used = used + costs
      end
    end
    local window = { parts = parts, used = used, length = length, refuses = 0 }
    if cost > 0 and used + cost > limit then
      isRefused, window.refuses, window.wait = true, 1, length
      local left = used
      for _, one in ipairs(parts) do
        left = left - one[3]
        if left + cost <= limit then window.wait = one[2] + length - now break end
      end
    end
    windows[n] = window
  end
  local answer = { now }
  for n, key in ipairs(KEYS) do
    local window, part = windows[n], tonumber(ARGV[3 * n + 1])
    local parts = window.parts
    if cost > 0 and not isRefused then
      local newest = parts[#parts]
      if newest and (newest[2] >= now or now - newest[1] < part) then
        newest[2], newest[3] = math.max(now, newest[2]), newest[3] + cost
        redis.call('LSET', key, -1, string.format('%.0f %.0f %.0f', newest[1], newest[2], newest[3]))
      else
        parts[#parts + 1] = { now, now, cost }
        redis.call('RPUSH', key, string.format('%.0f %.0f %.0f', now, now, cost))
      end
      redis.call('PEXPIRE', key, window.length)
      window.used = window.used + cost
    end
    local oldest = parts[1]
    answer[#answer + 1] = window.used
    answer[#answer + 1] = window.wait or (oldest and oldest[2] + window.length - now) or window.length
    answer[#answer + 1] = window.refuses
  end
  return answer`;

/** Takes back a request from the part of each window that it was counted in. */
const RESTORE = `
  local cost, at = tonumber(ARGV[1]), tonumber(ARGV[2])
  for _, key in ipairs(KEYS) do
    for index, text in ipairs(redis.call('LRANGE', key, 0, -1)) do
      local first, last, costs = string.match(text, '(%d+) (%d+) (%d+)')
      if tonumber(last) >= at then
        local left = math.max(0, costs - cost)
        redis.call('LSET', key, index - 1, string.format('%s %s %.0f', first, last, left))
        break
      end
    end
  end`;

const PREFIX = 'keywright:sliding-rate';

const nameOf = ({ id }: { id: string }): string => `${PREFIX}:${id}`;

/** A window in which a request is to be counted. */
export interface RedisWindow {
  id: string;
  limit: number;
  windowMs: number;
  partMs: number;
}

export interface RedisTake {
  used: number;
  waitMs: number;
  isRefused: boolean;
}

/** Counts a request in windows that all instances share, at the time `atMs` of the clock of Redis. */
export async function takeInRedis(
  redis: Redis,
  windows: readonly RedisWindow[],
  cost: number,
): Promise<{ taken: RedisTake[]; atMs: number }> {
  const settings = windows.flatMap(({ limit, windowMs, partMs }) => [limit, windowMs, partMs]);
  const answer = await redis.eval(TAKE, windows.length, ...windows.map(nameOf), cost, ...settings);
  const [atMs = 0, ...numbers] = answer as number[];
  const taken = windows.map((_, index) => {
    const [used = 0, waitMs = 0, refuses = 0] = numbers.slice(3 * index, 3 * index + 3);
    return { used, waitMs, isRefused: refuses === 1 };
  });
  return { taken, atMs };
}

/** Takes back a request that Redis has counted. */
export async function restoreInRedis(
  redis: Redis,
  windows: readonly { id: string }[],
  cost: number,
  atMs: number,
): Promise<void> {
  await redis.eval(RESTORE, windows.length, ...windows.map(nameOf), cost, atMs);
}
