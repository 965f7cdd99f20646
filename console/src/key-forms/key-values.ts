import { linesOf } from '../ui/lines.js';
import type { ApplicationKeyView, CreateMerchantKeyBody, RateLimitBody, UpdateApplicationKeyBody } from '../api/sdk.js';

/** What is typed for a rate limit. */
export interface RateLimitValues {
  limit: string;
  windowSeconds: string;
}

/** What is typed into the form of a key. */
export interface KeyValues {
  description: string;
  /** Empty for a key of the merchant itself. */
  applicationId: string;
  environment: 'live' | 'test';
  level: string;
  /** One per line. */
  scopes: string;
  /** A number of seconds, or `unchanged`, `default`, `never` or `date`. */
  expiry: string;
  expiryDate: string;
  rateLimits: RateLimitValues[];
  quotaLimit: string;
  quotaPeriod: 'day' | 'month';
  /** One per line. */
  allowedIps: string;
  externalId: string;
  /** A JSON object, or empty. */
  metadata: string;
  selfRotate: boolean;
}

export const newKeyValues = (applicationId: string, level: number): KeyValues => ({
  description: '',
  applicationId,
  environment: 'live',
  level: String(level),
  scopes: '',
  expiry: 'default',
  expiryDate: '',
  rateLimits: [],
  quotaLimit: '',
  quotaPeriod: 'month',
  allowedIps: '',
  externalId: '',
  metadata: '',
  selfRotate: false,
});

export const valuesOf = (key: ApplicationKeyView): KeyValues => ({
  ...newKeyValues(key.applicationId ?? '', key.level),
  description: key.description,
  scopes: (key.scopes ?? []).join('\n'),
  expiry: 'unchanged',
  rateLimits: limitsOf(key).map(({ limit, windowSeconds }) => ({
    limit: String(limit),
    windowSeconds: String(windowSeconds),
  })),
  quotaLimit: key.quota === null ? '' : String(key.quota.limit),
  quotaPeriod: key.quota?.period ?? 'month',
  allowedIps: (key.allowedIps ?? []).join('\n'),
  externalId: key.externalId ?? '',
  metadata: key.metadata === null ? '' : JSON.stringify(key.metadata, null, 2),
  selfRotate: key.selfRotate,
});

export const limitsOf = (key: Pick<ApplicationKeyView, 'rateLimits'>): RateLimitBody[] => key.rateLimits ?? [];

/** @returns the object; `null` for an empty text, and `undefined` for a text that is no JSON object */
export function parseMetadata(text: string): Record<string, unknown> | null | undefined {
  if (text.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

type Expiry = Pick<UpdateApplicationKeyBody, 'expiresAt' | 'expiresInSeconds'>;

export function expiryOf({ expiry, expiryDate }: Pick<KeyValues, 'expiry' | 'expiryDate'>): Expiry {
  if (expiry === 'never') return { expiresAt: null };
  if (expiry === 'date') return { expiresAt: expiryDate };
  return /^\d+$/.test(expiry) ? { expiresInSeconds: Number(expiry) } : {};
}

/** All settings of a key but its expiry, as the API takes them. */
const settingsOf = (values: KeyValues) =>
  ({
    description: values.description,
    level: Number(values.level),
    scopes: linesOf(values.scopes),
    rateLimits:
      values.rateLimits.length === 0
        ? null
        : values.rateLimits.map(({ limit, windowSeconds }) => ({
            limit: Number(limit),
            windowSeconds: Number(windowSeconds),
          })),
    quota: values.quotaLimit === '' ? null : { limit: Number(values.quotaLimit), period: values.quotaPeriod },
    allowedIps: linesOf(values.allowedIps),
    externalId: values.externalId === '' ? null : values.externalId,
    metadata: parseMetadata(values.metadata) ?? null,
    selfRotate: values.selfRotate,
  }) satisfies UpdateApplicationKeyBody;

/** The body that creates the key: what is left empty is left out. */
export function creationOf(values: KeyValues): CreateMerchantKeyBody {
  const settings = Object.entries(settingsOf(values)).filter(([, value]) => value !== null && value !== false);
  return {
    ...(Object.fromEntries(settings) as unknown as CreateMerchantKeyBody),
    ...expiryOf(values),
    ...(values.applicationId === '' && { environment: values.environment }),
  };
}

/** The body that changes the key: only what differs from how the key is. */
export function changesOf(key: ApplicationKeyView, values: KeyValues): UpdateApplicationKeyBody {
  const before = settingsOf(valuesOf(key));
  const after = settingsOf(values);
  const names = Object.keys(after) as (keyof typeof after)[];
  const differing = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return { ...Object.fromEntries(differing.map((name) => [name, after[name]])), ...expiryOf(values) };
}
