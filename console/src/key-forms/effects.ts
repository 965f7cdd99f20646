import type { ApplicationKeyView, QuotaBody, UpdateApplicationKeyBody } from '../api/sdk.js';

/** What a change does to what the key may do; `undefined` for changes that are about something else. */
export type Effect = 'narrows' | 'widens' | undefined;

const compare = (before: number, after: number): Effect => {
  if (before === after) return undefined;
  return after < before ? 'narrows' : 'widens';
};

/** Of two lists of what is allowed, where `null` allows everything. Whatever is taken away narrows. */
function compareLists(before: string[] | null, after: string[] | null): Effect {
  if (after === null) return before === null ? undefined : 'widens';
  if (before === null) return 'narrows';
  if (before.some((item) => !after.includes(item))) return 'narrows';
  return after.length > before.length ? 'widens' : undefined;
}

const DAYS = { day: 1, month: 30 };

const dailyQuota = (quota: QuotaBody | null): number => (quota === null ? Infinity : quota.limit / DAYS[quota.period]);

const endOf = (expiresAt: string | null): number => (expiresAt === null ? Infinity : Date.parse(expiresAt));

/** Returns when the key would expire; `undefined` if that stays as it is. */
export function newEndOf({ expiresAt, expiresInSeconds }: UpdateApplicationKeyBody): string | null | undefined {
  if (expiresInSeconds !== undefined) return new Date(Date.now() + expiresInSeconds * 1000).toISOString();
  if (expiresAt === undefined || expiresAt === '') return undefined;
  return expiresAt === null ? null : `${expiresAt}T23:59:59.999Z`;
}

/** Judges each change by its field. */
export const EFFECTS: Partial<
  Record<keyof UpdateApplicationKeyBody, (key: ApplicationKeyView, body: UpdateApplicationKeyBody) => Effect>
> = {
  level: (key, { level = key.level }) => compare(key.level, level),
  scopes: (key, { scopes = null }) => compareLists(key.scopes, scopes),
  allowedIps: (key, { allowedIps = null }) => compareLists(key.allowedIps, allowedIps),
  quota: (key, { quota = null }) => compare(dailyQuota(key.quota), dailyQuota(quota)),
  rateLimits: (key, { rateLimits = null }) => {
    if (rateLimits === null) return 'widens';
    return key.rateLimits === null ? 'narrows' : undefined;
  },
  expiresAt: (key, body) => compare(endOf(key.expiresAt), endOf(newEndOf(body) ?? null)),
  selfRotate: (_key, { selfRotate }) => (selfRotate === true ? 'widens' : 'narrows'),
};
