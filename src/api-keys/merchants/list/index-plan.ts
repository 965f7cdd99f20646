import type { Condition, Criteria, EqualColumn, KeyRange, RangeColumn } from './key-criteria.js';
import type { Position } from '../../../platform/http/paging/cursor.js';

/** A sort order: by a column, then by id. */
export interface Order {
  column: 'name' | RangeColumn;
  isDescending: boolean;
}

/** An index to read keys along: a merchant's keys with equal values in some columns, in the order of another column. */
export interface IndexPlan {
  index: string;
  equal: EqualColumn[];
  column: Order['column'];
}

/** The most selective plans come first. */
export const INDEX_PLANS: IndexPlan[] = [
  { index: 'api_key_external_id', equal: ['external_id'], column: 'created_at' },
  { index: 'api_key_application', equal: ['application_id'], column: 'created_at' },
  { index: 'api_key_active', equal: ['is_active'], column: 'created_at' },
  { index: 'api_key_merchant', equal: ['surface'], column: 'created_at' },
  { index: 'api_key_created', equal: [], column: 'created_at' },
  { index: 'api_key_expiry', equal: [], column: 'expires_at' },
  { index: 'api_key_last_use', equal: [], column: 'last_used_at' },
  { index: 'api_key_name', equal: [], column: 'name' },
];

/** The ranges that hold every value of a column, from NULL on. */
const EVERYTHING: Record<Order['column'], KeyRange[]> = {
  name: [{}],
  created_at: [{}],
  expires_at: [null, {}],
  last_used_at: [null, {}],
};

/** Returns the ranges of a column's values that the filter allows, in ascending order. */
export const rangesOf = ({ ranges }: Criteria, column: Order['column']): KeyRange[] =>
  (column === 'name' ? undefined : ranges[column]) ?? EVERYTHING[column];

/** Returns the most selective plan for the filter that yields the order. */
export function chooseIndexPlan({ equal }: Criteria, { column }: Pick<Order, 'column'>): IndexPlan {
  const plan = INDEX_PLANS.find(
    (each) => each.column === column && each.equal.every((name) => equal[name] !== undefined),
  );
  if (!plan) throw new Error(`No index is sorted by ${column}.`);
  return plan;
}

/** Whether the filter reduces what the plan reads to a part of the merchant's keys. */
export const narrows = ({ equal: columns, column }: IndexPlan, { equal, ranges }: Criteria): boolean =>
  columns.every((name) => equal[name] !== undefined) &&
  (columns.length > 0 || (column !== 'name' && ranges[column] !== undefined));

/** Returns the conditions on the first columns of a plan's index. */
export const prefixConditions = ({ merchantId, equal }: Criteria, columns: EqualColumn[]): Condition[] => [
  { sql: 'merchant_id = ?', values: [merchantId] },
  { sql: 'deleted_at IS NULL', values: [] },
  ...columns.map((column) => ({ sql: `${column} = ?`, values: [equal[column]] })),
];

/** Returns the conditions that must be checked key by key, apart from those on the equal columns and on the ranges of the ranged one. */
export function remainingConditions(
  { equal, ranges, others }: Criteria,
  equalColumns: EqualColumn[],
  rangedColumn?: string,
): Condition[] {
  const remainingEqual = Object.entries(equal).filter(([column]) => !equalColumns.includes(column as EqualColumn));
  const remainingRanges = Object.entries(ranges).filter(([column]) => column !== rangedColumn);
  return [
    ...remainingEqual.map(([column, value]) => ({ sql: `${column} = ?`, values: [value] })),
    ...remainingRanges.map(([column, allowed]) => anyOf(allowed.map((range) => all(inRange(column, range))))),
    ...others,
  ];
}

/** Returns the scans that read the ranges in the given order, starting after a position. Each scan is contiguous in the index. */
export function rangeScans(
  ranges: KeyRange[],
  { column, isDescending }: Order,
  position: Position | null,
): Condition[][] {
  const sorted = isDescending ? ranges.toReversed() : ranges;
  if (!position) return sorted.map((range) => inRange(column, range));
  const { value, id } = position;
  const after = (name: string, last: unknown): Condition => ({
    sql: `${name} ${isDescending ? '<' : '>'} ?`,
    values: [last],
  });
  return sorted.flatMap((range) => {
    const within = inRange(column, range);
    // NULL comes first in ascending order, and last in descending order.
    if (value === null) return range === null ? [[...within, after('id', id)]] : isDescending ? [] : [within];
    if (range === null) return isDescending ? [within] : [];
    return [
      [...within, { sql: `${column} = ?`, values: [value] }, after('id', id)],
      [...within, after(column, value)],
    ];
  });
}

/** Returns conditions that limit a scan to the part up to and including a position. Each part is contiguous in the index. */
export function upTo({ column, isDescending }: Order, { value, id }: Position): Condition[][] {
  const last = { sql: `id ${isDescending ? '>=' : '<='} ?`, values: [id] };
  if (value === null) return [[last]];
  return [
    [{ sql: `${column} ${isDescending ? '>' : '<'} ?`, values: [value] }],
    [{ sql: `${column} = ?`, values: [value] }, last],
  ];
}

/** Returns the conditions for a column's value to be in a range. */
export function inRange(column: string, range: KeyRange): Condition[] {
  if (range === null) return [{ sql: `${column} IS NULL`, values: [] }];
  return [
    ...(range.from ? [{ sql: `${column} >= ?`, values: [range.from] }] : []),
    ...(range.to ? [{ sql: `${column} < ?`, values: [range.to] }] : []),
    ...(range.from || range.to ? [] : [{ sql: `${column} IS NOT NULL`, values: [] }]),
  ];
}

/** Combines conditions with AND. */
export const all = (conditions: Condition[]): Condition => ({
  sql: conditions.map(({ sql }) => sql).join(' AND '),
  values: conditions.flatMap(({ values }) => values),
});

/** Combines conditions with OR. */
const anyOf = (conditions: Condition[]): Condition => ({
  sql: conditions.length === 0 ? '1 = 0' : `(${conditions.map(({ sql }) => `(${sql})`).join(' OR ')})`,
  values: conditions.flatMap(({ values }) => values),
});
