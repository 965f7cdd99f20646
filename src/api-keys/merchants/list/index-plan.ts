import type { Condition, Criteria, EqualColumn, Span, SpannedColumn } from './key-criteria.js';
import type { Position } from '../../../platform/http/paging/cursor.js';

/** An order of keys: by a column, and by id where it is the same. */
export interface Order {
  column: 'name' | SpannedColumn;
  isDescending: boolean;
}

/** An index along which keys can be read: those of a merchant that are alike in some columns, in the order of another. */
export interface Way {
  index: string;
  equal: EqualColumn[];
  column: Order['column'];
}

/** Those that say most first. */
export const WAYS: Way[] = [
  { index: 'api_key_application', equal: ['application_id'], column: 'created_at' },
  { index: 'api_key_active', equal: ['is_active'], column: 'created_at' },
  { index: 'api_key_merchant', equal: ['surface'], column: 'created_at' },
  { index: 'api_key_created', equal: [], column: 'created_at' },
  { index: 'api_key_expiry', equal: [], column: 'expires_at' },
  { index: 'api_key_last_use', equal: [], column: 'last_used_at' },
  { index: 'api_key_name', equal: [], column: 'name' },
];

const ANYTHING: Record<Order['column'], Span[]> = {
  name: [{}],
  created_at: [{}],
  expires_at: [null, {}],
  last_used_at: [null, {}],
};

/** The values of a column that are looked for, as parts that follow one another ascending. */
export const spansOf = ({ spans }: Criteria, column: Order['column']): Span[] =>
  (column === 'name' ? undefined : spans[column]) ?? ANYTHING[column];

/** The way that gives an order, and of those the one that says most of the filter. */
export function wayOf({ equal }: Criteria, { column }: Pick<Order, 'column'>): Way {
  const way = WAYS.find((one) => one.column === column && one.equal.every((name) => equal[name] !== undefined));
  if (!way) throw new Error(`No index is in the order of ${column}.`);
  return way;
}

/** Whether what the filter says leaves only a part of a way. */
export const narrows = ({ equal: columns, column }: Way, { equal, spans }: Criteria): boolean =>
  columns.every((name) => equal[name] !== undefined) &&
  (columns.length > 0 || (column !== 'name' && spans[column] !== undefined));

/** Where a way begins: with the merchant's live keys, and what they have alike. */
export const start = ({ merchantId, equal }: Criteria, columns: EqualColumn[]): Condition[] => [
  { sql: 'merchant_id = ?', values: [merchantId] },
  { sql: 'deleted_at IS NULL', values: [] },
  ...columns.map((column) => ({ sql: `${column} = ?`, values: [equal[column]] })),
];

/** What is left to be looked at key by key, once some columns are equal and perhaps another one is in its spans. */
export function rest({ equal, spans, others }: Criteria, columns: EqualColumn[], spanned?: string): Condition[] {
  const unequal = Object.entries(equal).filter(([column]) => !columns.includes(column as EqualColumn));
  const unspanned = Object.entries(spans).filter(([column]) => column !== spanned);
  return [
    ...unequal.map(([column, value]) => ({ sql: `${column} = ?`, values: [value] })),
    ...unspanned.map(([column, some]) => anyOf(some.map((span) => all(inSpan(column, span))))),
    ...others,
  ];
}

/** The stretches of a column that come one after the other in an order, behind a position; each is one stretch of an index. */
export function stretches(spans: Span[], { column, isDescending }: Order, position: Position | null): Condition[][] {
  const inOrder = isDescending ? spans.toReversed() : spans;
  if (!position) return inOrder.map((span) => inSpan(column, span));
  const { value, id } = position;
  const behind = (name: string, than: unknown): Condition => ({
    sql: `${name} ${isDescending ? '<' : '>'} ?`,
    values: [than],
  });
  return inOrder.flatMap((span) => {
    const own = inSpan(column, span);
    // Without a value comes first, descending last.
    if (value === null) return span === null ? [[...own, behind('id', id)]] : isDescending ? [] : [own];
    if (span === null) return isDescending ? [own] : [];
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
export function inSpan(column: string, span: Span): Condition[] {
  if (span === null) return [{ sql: `${column} IS NULL`, values: [] }];
  return [
    ...(span.from ? [{ sql: `${column} >= ?`, values: [span.from] }] : []),
    ...(span.to ? [{ sql: `${column} < ?`, values: [span.to] }] : []),
    ...(span.from || span.to ? [] : [{ sql: `${column} IS NOT NULL`, values: [] }]),
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
