import type { ServerResponse } from 'node:http';
import { RAW_ANSWER_HEADERS } from '../../platform/http/answer-headers.js';
import { KnownHead } from '../../platform/http/known-head.js';
import type { PlainConnection } from '../../platform/http/plain-connections.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { CachedKey } from '../cache/cached-key.js';
import type { RateLimit } from '../cache/key-limits.js';
import type { QuotaState, RateState, Verdict } from '../outcome.js';
import type { KnownKey } from './verifiers/known-key.js';

/** In place of scopes, for a key that has none: an empty list would look like a key without limits. */
const NO_SCOPES = '-';

/** The value of the `X-Key-Scopes` header. */
export const formatScopes = (scopes: CachedKey['scopes']): string =>
  scopes?.length === 0 ? NO_SCOPES : (scopes?.join(' ') ?? '');

/** The value of the `RateLimit` header (draft-ietf-httpapi-ratelimit-headers). */
export function formatRateLimit(rates: readonly RateState[]): string {
  let text = '';
  for (const { name, remaining, resetSeconds } of rates)
    text += `${text === '' ? '' : ', '}"${name}";r=${remaining};t=${resetSeconds}`;
  return text;
}

/** The value of the `RateLimit-Policy` header (draft-ietf-httpapi-ratelimit-headers). */
export const formatRateLimitPolicy = (rates: readonly RateLimit[]): string =>
  rates.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`).join(', ');

/** Names and values in alternation of the headers that describe a key; the same for every request of the key. */
const formatHeaders = (key: CachedKey): string[] => [
  ...RAW_ANSWER_HEADERS,
  ...['X-Key-Id', key.id, 'X-Client-Id', key.clientId, 'X-Merchant-Id', key.merchantId],
  // Sent also without an application: what a client claims must always meet a header that replaces it.
  ...['X-Application-Id', key.applicationId ?? ''],
  ...['X-Key-Level', String(key.level), 'X-Key-Scopes', formatScopes(key.scopes)],
  ...(key.rates.length === 0 ? [] : ['RateLimit-Policy', formatRateLimitPolicy(key.rates)]),
];

const heads = new WeakMap<CachedKey, KnownHead>();

function headOf(key: CachedKey): KnownHead {
  let head = heads.get(key);
  if (!head) heads.set(key, (head = new KnownHead(204, formatHeaders(key))));
  return head;
}

/** Answers a check with the facts about a valid key. */
export function allowCheck(key: CachedKey, rates: readonly RateState[], to: PlainConnection | ServerResponse): void {
  headOf(key).answer(to, rates.length > 0 ? ['RateLimit', formatRateLimit(rates)] : null);
}

const JSON_HEAD = new KnownHead(200, [...RAW_ANSWER_HEADERS, 'Content-Type', 'application/json; charset=utf-8']);

/** Answers with JSON. */
export function sendJson(text: string, to: PlainConnection | ServerResponse): void {
  JSON_HEAD.answer(to, ['Content-Length', String(Buffer.byteLength(text))], text);
}

/** Whether a request could be allowed at all: it costs no more than any limit of its key. */
export const isPossible = ({ refusal }: Verdict): boolean => !refusal?.exceeds;

/** @throws {DomainError} `request.invalid` if the request costs more than a limit of its key ever allows */
export function assertPossible(verdict: Verdict): Verdict {
  const { outcome, refusal } = verdict;
  if (!refusal?.exceeds) return verdict;
  const { exceeds } = refusal;
  const limit = outcome === 'RATE_LIMITED' ? 'rate limit' : 'quota';
  const owner = exceeds.appliesTo === 'key' ? "the key's" : "its external id's";
  throw DomainError.invalid('cost', `cost must be at most ${exceeds.limit}, ${owner} ${limit}`);
}

/** Formats a verification as JSON, as `VERIFICATION` describes it. What all verifications of a key say alike is formatted once. */
export function formatVerification({ outcome, key, rates, quotas, refusal }: Verdict): string {
  const refusedBy = refusal?.refusedBy ?? null;
  const known = key === null ? NO_KEY : partsOf(key);
  const limitedBy = refusedBy === null ? 'null' : `"${refusedBy.appliesTo}"`;
  const rateTexts = rates.map(formatRate);
  const rate = rateTexts[decisive(rates, refusedBy)] ?? 'null';
  const quota = quotas[decisive(quotas, refusedBy)];
  return (
    `{"valid":${outcome === 'VALID'},"outcome":"${outcome}"${known.before},"limitedBy":${limitedBy},"rateLimit":${rate}` +
    `,"rateLimits":${rateTexts.length === 0 ? 'null' : `[${rateTexts.join(',')}]`},"quota":${quota ? formatQuota(quota) : 'null'}${known.after}`
  );
}

/** Formats a verification with what a verifier may remember of the key. */
export const formatWithKnown = (verdict: Verdict, known: KnownKey | null): string =>
  `${formatVerification(verdict).slice(0, -1)},"known":${JSON.stringify(known)}}`;

/** The text before and after what differs between two verifications of a key. */
interface KeyParts {
  before: string;
  after: string;
}

const NO_KEY = formatParts(null);

const parts = new WeakMap<CachedKey, KeyParts>();

function partsOf(key: CachedKey): KeyParts {
  let known = parts.get(key);
  if (!known) parts.set(key, (known = formatParts(key)));
  return known;
}

function formatParts(key: CachedKey | null): KeyParts {
  const shown = {
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
  };
  return { before: `,${JSON.stringify(shown).slice(1, -1)}`, after: `,"metadata":${key?.metadata ?? 'null'}}` };
}

const formatRate = ({ appliesTo, limit, windowSeconds, remaining, resetSeconds }: RateState): string =>
  `{"appliesTo":"${appliesTo}","limit":${limit},"windowSeconds":${windowSeconds},"remaining":${remaining},"resetSeconds":${resetSeconds}}`;

const formatQuota = ({ appliesTo, limit, remaining, resetsAtMs }: QuotaState): string =>
  `{"appliesTo":"${appliesTo}","limit":${limit},"remaining":${remaining},"resetsAt":"${formatPeriodEnd(resetsAtMs)}"}`;

/** The last period's end that was formatted: most quotas end with the same month. */
let lastEnd = { ms: Number.NaN, text: '' };

function formatPeriodEnd(ms: number): string {
  if (ms !== lastEnd.ms) lastEnd = { ms, text: new Date(ms).toISOString() };
  return lastEnd.text;
}

/** The place of the limit that refused a request or, if none did, of the one of which the least is left; -1 if there is none. */
function decisive(limits: readonly { remaining: number }[], refusedBy: RateState | QuotaState | null): number {
  let found = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < limits.length; index += 1) {
    const limit = limits[index];
    if (limit === refusedBy) return index;
    if (limit && limit.remaining < least) [found, least] = [index, limit.remaining];
  }
  return found;
}
