import type { Condition, Criteria, EqualColumn, KeyRange, RangeColumn } from './key-criteria.js';
import type { Position } from '../../../platform/http/paging/cursor.js';

/** An order of keys: by a column, and by id where it is the same. */
export interface Order {
  column: 'name' | RangeColumn;
  isDescending: boolean;
}

/** An index along which keys can be read: those of a merchant that are alike in some columns, in the order of another. */
export interface IndexPlan {
  index: string;
  equal: EqualColumn[];
  column: Order['column'];
}

/** Those that say most first. */
export const INDEX_PLANS: IndexPlan[] = [
  { index: 'api_key_application', equal: ['application_id'], column: 'created_at' },
  { index: 'api_key_active', equal: ['is_active'], column: 'created_at' },
  { index: 'api_key_merchant', equal: ['surface'], column: 'created_at' },
  { index: 'api_key_created', equal: [], column: 'created_at' },
  { index: 'api_key_expiry', equal: [], column: 'expires_at' },
  { index: 'api_key_last_use', equal: [], column: 'last_used_at' },
  { index: 'api_key_name', equal: [], column: 'name' },
];

const ANYTHING: Record<Order['column'], KeyRange[]> = {
  name: [{}],
  created_at: [{}],
  expires_at: [null, {}],
  last_used_at: [null, {}],
};

/** The values of a column that are looked for, as parts that follow one another ascending. */
export const rangesOf = ({ ranges }: Criteria, column: Order['column']): KeyRange[] =>
  (column === 'name' ? undefined : ranges[column]) ?? ANYTHING[column];

/** The way that gives an order, and of those the one that says most of the filter. */
export function chooseIndexPlan({ equal }: Criteria, { column }: Pick<Order, 'column'>): IndexPlan {
  const plan = INDEX_PLANS.find((one) => one.column === column && one.equal.every((name) => equal[name] !== undefined));
  if (!plan) throw new Error(`No index is in the order of ${column}.`);
  return plan;
}

/** Whether what the filter says leaves only a part of a way. */
export const narrows = ({ equal: columns, column }: IndexPlan, { equal, ranges }: Criteria): boolean =>
  columns.every((name) => equal[name] !== undefined) &&
  (columns.length > 0 || (column !== 'name' && ranges[column] !== undefined));

/** Where a way begins: with the merchant's live keys, and what they have alike. */
export const start = ({ merchantId, equal }: Criteria, columns: EqualColumn[]): Condition[] => [
  { sql: 'merchant_id = ?', values: [merchantId] },
  { sql: 'deleted_at IS NULL', values: [] },
  ...columns.map((column) => ({ sql: `${column} = ?`, values: [equal[column]] })),
];

/** What is left to be looked at key by key, once some columns are equal and perhaps another one is in its spans. */
export function remainingConditions(
  { equal, ranges, others }: Criteria,
  columns: EqualColumn[],
  ranged?: string,
): Condition[] {
  const unequal = Object.entries(equal).filter(([column]) => !columns.includes(column as EqualColumn));
  const unrangedConditions = Object.entries(ranges).filter(([column]) => column !== ranged);
  return [
    ...unequal.map(([column, value]) => ({ sql: `${column} = ?`, values: [value] })),
    ...unrangedConditions.map(([column, some]) => anyOf(some.map((range) => all(inRange(column, range))))),
    ...others,
  ];
}

/** The stretches of a column that come one after the other in an order, behind a position; each is one stretch of an index. */
export function rangeScans(
  ranges: KeyRange[],
  { column, isDescending }: Order,
  position: Position | null,
): Condition[][] {
  const inOrder = isDescending ? ranges.toReversed() : ranges;
  if (!position) return inOrder.map((range) => inRange(column, range));
  const { value, id } = position;
  const behind = (name: string, than: unknown): Condition => ({
    sql: `${name} ${isDescending ? '<' : '>'} ?`,
    values: [than],
  });
  return inOrder.flatMap((range) => {
    const own = inRange(column, range);
    // Without a value comes first, descending last.
    if (value === null) return range === null ? [[...own, behind('id', id)]] : isDescending ? [] : [own];
    if (range === null) return isDescending ? [own] : [];
    return [
      [...own, { sql: `${column} = ?`, values: [value] }, behind('id', id)],
      [...own, behind(column, value)],
    ];
  });
}

/** What of a stretch comes up to and with a position on it, in parts that are each one stretch of the index again. */
export function upTo({ column, isDescending }: Order, { value, id }: Position): Condition[][] {
  const last = { sql: `id ${isDescending ? '>=' : '<='} ?`, values: [id] };
  if (value === null) return [[last]];
  return [
    [{ sql: `${column} ${isDescending ? '>' : '<'} ?`, values: [value] }],
    [{ sql: `${column} = ?`, values: [value] }, last],
  ];
}

/** Where a column's value is within a span. */
export function inRange(column: string, range: KeyRange): Condition[] {
  if (range === null) return [{ sql: `${column} IS NULL`, values: [] }];
  return [
    ...(range.from ? [{ sql: `${column} >= ?`, values: [range.from] }] : []),
    ...(range.to ? [{ sql: `${column} < ?`, values: [range.to] }] : []),
    ...(range.from || range.to ? [] : [{ sql: `${column} IS NOT NULL`, values: [] }]),
  ];
}

/** All of the conditions as one. */
export const all = (conditions: Condition[]): Condition => ({
  sql: conditions.map(({ sql }) => sql).join(' AND '),
  values: conditions.flatMap(({ values }) => values),
});

const anyOf = (conditions: Condition[]): Condition => ({
  sql: conditions.length === 0 ? '1 = 0' : `(${conditions.map(({ sql }) => `(${sql})`).join(' OR ')})`,
  values: conditions.flatMap(({ values }) => values),
});
