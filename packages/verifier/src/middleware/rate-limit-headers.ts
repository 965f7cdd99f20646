import type { RateLimitState, Verification } from '../verification.js';

/** Returns the headers `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), if limits were asked. */
export function rateLimitHeaders({ rateLimits }: Verification): Record<string, string> {
  if (rateLimits === null) return {};
  const named = rateLimits.map((rate, index) => ({ ...rate, name: nameOf(rate, index) }));
  const state = named.map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`);
  const policy = named.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`);
  return { RateLimit: state.join(', '), 'RateLimit-Policy': policy.join(', ') };
}

/** The server calls the first limit of a key by no window, so that its name stays when the window changes. */
function nameOf({ appliesTo, windowSeconds }: RateLimitState, index: number): string {
  if (appliesTo === 'externalId') return `external-${windowSeconds}`;
  return index === 0 ? 'key' : `key-${windowSeconds}`;
}

/** Returns the number of seconds after which a request that a limit has refused may be repeated. */
export function retryAfterSeconds({ outcome, rateLimit, quota }: Verification): number {
  if (outcome === 'QUOTA_EXCEEDED' && quota !== null)
    return Math.max(1, Math.ceil((Date.parse(quota.resetsAt) - Date.now()) / 1000));
  return Math.max(1, rateLimit?.resetSeconds ?? 1);
}
