import type { EntityManager } from 'typeorm';
import { jsonLength } from '../../../platform/database/engine-sql.js';
import { containsText } from '../../../platform/database/text-search.js';
import { DAY_MS } from '../../../platform/runtime/clock.js';
import { spellUuid } from '../../../platform/validation/uuid.js';
import type { TenantScope } from '../tenant-scope.js';
import type { KeyFilter } from './key-filter.dto.js';

const EXPIRING_WITHIN_MS = 30 * DAY_MS;
const UNUSED_FOR_MS = 90 * DAY_MS;

/** The account that is responsible for a key, if it may still do anything. */
const OWNER =
  'SELECT 1 FROM account o WHERE o.id = COALESCE(responsible_account_id, account_id) AND o.status >= 0 AND o.deleted_at IS NULL';

/** A range of a column's values, from `from` inclusive to `to` exclusive; `null` stands for the rows without a value. */
export type KeyRange = { from?: Date; to?: Date } | null;

export type RangeColumn = 'created_at' | 'expires_at' | 'last_used_at';

export type EqualColumn = 'external_id' | 'application_id' | 'is_active' | 'surface' | 'level' | 'environment';

/** An SQL condition and the values of its placeholders. */
export interface Condition {
  sql: string;
  values: unknown[];
}

/** A filter in terms of the table's columns. */
export interface Criteria {
  merchantId: string;
  equal: Partial<Record<EqualColumn, string | number>>;
  /** Ascending and without overlaps. A column that is missing here may have any value. */
  ranges: Partial<Record<RangeColumn, KeyRange[]>>;
  /** Conditions that no index supports. */
  others: Condition[];
}

/**
 * @param policed the condition for keys that live longer than the merchant's policy allows; only a filter by that needs it
 */
export function buildCriteria(
  manager: EntityManager,
  filter: KeyFilter,
  { merchantId, personalOf }: TenantScope,
  nowMs: number,
  policed: Condition | null = null,
): Criteria {
  const {
    externalId,
    application,
    level,
    environment,
    surface,
    scope,
    exposed,
    exposedSource,
    ownerGone,
    overScoped,
    q,
  } = filter;
  const status = statusRanges(filter.status, nowMs);
  const isActive = filter.status === undefined ? undefined : Number(filter.status !== 'disabled');
  return {
    merchantId,
    equal: {
      ...(externalId !== undefined && { external_id: externalId }),
      ...(application !== undefined && { application_id: application }),
      ...(isActive !== undefined && { is_active: isActive }),
      ...(surface !== undefined && { surface }),
      ...(level !== undefined && { level }),
      ...(environment !== undefined && { environment }),
    },
    ranges: {
      ...named('created_at', within(filter.createdAfter, filter.createdBefore)),
      ...named(
        'expires_at',
        meet(within(filter.expiresAfter, filter.expiresBefore), lacking(filter.neverExpires), status.expires_at),
      ),
      ...named(
        'last_used_at',
        meet(within(filter.lastUsedAfter, filter.lastUsedBefore), lacking(filter.neverUsed), status.last_used_at),
      ),
    },
    others: [
      ...(personalOf !== null && (surface === undefined || surface === 'accounts')
        ? [{ sql: `(surface <> 'accounts' OR account_id = ?)`, values: [personalOf] }]
        : []),
      ...(filter.status === 'rotating' ? [{ sql: 'previous_valid_until > ?', values: [new Date(nowMs)] }] : []),
      ...(scope === undefined ? [] : [{ sql: 'INSTR(scopes, ?) > 0', values: [JSON.stringify(scope)] }]),
      ...(exposed === undefined ? [] : [{ sql: `exposed_at IS ${exposed ? 'NOT NULL' : 'NULL'}`, values: [] }]),
      ...(exposedSource === undefined ? [] : [{ sql: 'exposed_source = ?', values: [exposedSource] }]),
      ...(ownerGone === undefined ? [] : [{ sql: `${ownerGone ? 'NOT ' : ''}EXISTS (${OWNER})`, values: [] }]),
      ...(overScoped === undefined ? [] : [usingSomeScopes(manager, overScoped, new Date(nowMs - UNUSED_FOR_MS))]),
      ...(policed ? [filter.exceedsPolicy === true ? policed : { ...policed, sql: `NOT (${policed.sql})` }] : []),
      ...(q === undefined ? [] : [saying(manager, q)]),
    ],
  };
}

/** Selects keys that have had scopes since before a time, of which some were used after it and some were not; or the others. */
function usingSomeScopes(manager: EntityManager, isSelected: boolean, since: Date): Condition {
  const used = `SELECT COUNT(*) FROM scope_use u
    WHERE u.key_id = api_key.id AND u.used_at >= ? AND INSTR(scopes, CONCAT('"', u.scope, '"')) > 0`;
  const sql = `CASE WHEN scopes_granted_at < ? AND last_used_at >= ?
    AND (${used}) BETWEEN 1 AND ${jsonLength(manager, 'scopes')} - 1 THEN 1 ELSE 0 END = ${isSelected ? 1 : 0}`;
  return { sql, values: [since, since, since] };
}

/** Uses INSTR, because engines compare texts differently but agree on whether one text contains another. */
function saying(manager: EntityManager, q: string): Condition {
  const name = containsText(manager, 'name', q);
  return {
    sql: `(${name.sql} OR INSTR(public_id, ?) = 1 OR INSTR(imported_prefix, ?) = 1 OR last_four = ?)`,
    values: [...name.values, spellUuid(q), q, q],
  };
}

function statusRanges(status: KeyFilter['status'], nowMs: number): Criteria['ranges'] {
  const notEnded: KeyRange[] = [null, { from: new Date(nowMs + 1) }];
  switch (status) {
    case 'active':
    case 'rotating':
      return { expires_at: notEnded };
    case 'expired':
      return { expires_at: [{ to: new Date(nowMs + 1) }] };
    case 'expiring':
      return { expires_at: [{ from: new Date(nowMs + 1), to: new Date(nowMs + EXPIRING_WITHIN_MS + 1) }] };
    case 'unused':
      return { expires_at: notEnded, last_used_at: [null, { to: new Date(nowMs - UNUSED_FOR_MS) }] };
    default:
      return {};
  }
}

function within(after: string | undefined, before: string | undefined): KeyRange[] | undefined {
  if (after === undefined && before === undefined) return undefined;
  return [
    { ...(after !== undefined && { from: new Date(after) }), ...(before !== undefined && { to: new Date(before) }) },
  ];
}

/** Returns the ranges for the rows without a value, or for those with one. */
const lacking = (isLacking: boolean | undefined): KeyRange[] | undefined =>
  isLacking === undefined ? undefined : [isLacking ? null : {}];

/** Intersects lists of ranges; `undefined` stands for every value. */
const meet = (...lists: (KeyRange[] | undefined)[]): KeyRange[] | undefined =>
  lists.reduce((some, others) => {
    if (!some || !others) return some ?? others;
    return others.flatMap((other) =>
      some.flatMap((one): KeyRange[] => (one && other ? [overlap(one, other)] : one === other ? [null] : [])),
    );
  });

const overlap = (a: NonNullable<KeyRange>, b: NonNullable<KeyRange>): KeyRange => ({
  ...((a.from ?? b.from) && { from: new Date(Math.max(Number(a.from ?? b.from), Number(b.from ?? a.from))) }),
  ...((a.to ?? b.to) && { to: new Date(Math.min(Number(a.to ?? b.to), Number(b.to ?? a.to))) }),
});

const named = (column: RangeColumn, ranges: KeyRange[] | undefined): Criteria['ranges'] =>
  ranges === undefined ? {} : { [column]: ranges };
