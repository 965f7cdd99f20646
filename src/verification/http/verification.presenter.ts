import type { FastifyReply } from 'fastify';
import { DomainError } from '../../platform/events/domain-error.js';
import type { CachedKey } from '../cache/cached-key.js';
import type { RateLimit } from '../cache/key-limits.js';
import type { QuotaState, RateState, Verdict } from '../outcome.js';
import { SERIALISED_VERIFICATION } from './answer-schemas.js';
import type { KnownKey } from './verifiers/known-key.js';

/** In place of scopes, for a key that has none: an empty list would look like a key without limits. */
const NO_SCOPES = '-';

/** The value of the `X-Key-Scopes` header. */
export const formatScopes = (scopes: CachedKey['scopes']): string =>
  scopes?.length === 0 ? NO_SCOPES : (scopes?.join(' ') ?? '');

/** The value of the `RateLimit` header (draft-ietf-httpapi-ratelimit-headers). */
export const formatRateLimit = (rates: readonly RateState[]): string =>
  rates.map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`).join(', ');

/** The value of the `RateLimit-Policy` header (draft-ietf-httpapi-ratelimit-headers). */
export const formatRateLimitPolicy = (rates: readonly RateLimit[]): string =>
  rates.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`).join(', ');

/** @throws {DomainError} `request.invalid` if the request costs more than a limit of its key ever allows */
export function assertPossible(verdict: Verdict): Verdict {
  const { exceeds, outcome } = verdict;
  if (exceeds === undefined) return verdict;
  const limit = outcome === 'RATE_LIMITED' ? 'rate limit' : 'quota';
  const owner = exceeds.appliesTo === 'key' ? "the key's" : "its external id's";
  throw DomainError.invalid('cost', `cost must be at most ${exceeds.limit}, ${owner} ${limit}`);
}

/** Formats a verification as JSON. The metadata are JSON already. */
export function formatVerification(verdict: Verdict, reply: FastifyReply): string {
  const text = reply.serializeInput(presentVerification(verdict), SERIALISED_VERIFICATION);
  return `${text.slice(0, -1)},"metadata":${verdict.key?.metadata ?? 'null'}}`;
}

/** Formats a verification with what a verifier may remember of the key. */
export const formatWithKnown = (verdict: Verdict, known: KnownKey | null, reply: FastifyReply): string =>
  `${formatVerification(verdict, reply).slice(0, -1)},"known":${JSON.stringify(known)}}`;

function presentVerification({ outcome, key, rates, quotas, refusedBy }: Verdict): Record<string, unknown> {
  return {
    valid: outcome === 'VALID',
    outcome,
    keyId: key?.id ?? null,
    merchantId: key?.merchantId ?? null,
    clientId: key?.clientId ?? null,
    accountId: key?.accountId ?? null,
    applicationId: key?.applicationId ?? null,
    serviceId: key?.serviceId ?? null,
    environment: key?.environment ?? null,
    level: key?.level ?? null,
    scopes: key?.scopes ?? null,
    name: key?.name ?? null,
    externalId: key?.externalId ?? null,
    expiresAt: key && Number.isFinite(key.expiresAtMs) ? new Date(key.expiresAtMs).toISOString() : null,
    limitedBy: refusedBy?.appliesTo ?? null,
    rateLimit: rates.find((rate) => rate === refusedBy) ?? scarcest(rates),
    rateLimits: rates.length > 0 ? rates : null,
    quota: presentQuota(quotas.find((quota) => quota === refusedBy) ?? scarcest(quotas)),
  };
}

const presentQuota = (quota: QuotaState | null): object | null =>
  quota && { ...quota, resetsAt: new Date(quota.resetsAtMs).toISOString() };

/** Returns the limit of which the least is left; `null` if there is none. */
function scarcest<T extends { remaining: number }>(limits: readonly T[]): T | null {
  let found: T | null = null;
  for (const limit of limits) if (found === null || limit.remaining < found.remaining) found = limit;
  return found;
}
