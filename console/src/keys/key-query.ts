import type { KeyFilter, KeySort } from '../api/sdk.js';

/** The kinds of values that filters have, by which they are read from the address of the page and shown in the form. */
type Kind = 'choice' | 'text' | 'number' | 'date' | 'flag';

/** The filters of the list, by their names in the API, in the order of the form. */
export const FILTERS = {
  status: 'choice',
  application: 'choice',
  environment: 'choice',
  surface: 'choice',
  level: 'number',
  scope: 'text',
  externalId: 'text',
  createdAfter: 'date',
  createdBefore: 'date',
  expiresAfter: 'date',
  expiresBefore: 'date',
  lastUsedAfter: 'date',
  lastUsedBefore: 'date',
  neverExpires: 'flag',
  neverUsed: 'flag',
  exposed: 'flag',
  exposedSource: 'choice',
  ownerGone: 'flag',
  overScoped: 'flag',
  exceedsPolicy: 'flag',
  q: 'text',
} as const satisfies Record<keyof KeyFilter, Kind>;

export type FilterName = keyof typeof FILTERS;

export const FILTER_NAMES = Object.keys(FILTERS) as FilterName[];

export const DEFAULT_SORT: KeySort = '-createdAt';

/** Which part of the list a page shows. Its address says the same in the words of the API. */
export interface KeyQuery {
  filter: KeyFilter;
  sort: KeySort;
  /** Empty at the beginning of the list. */
  cursor: string;
}

const CONVERSIONS: Record<Kind, (text: string) => unknown> = {
  choice: String,
  text: String,
  date: String,
  number: Number,
  flag: (text) => text === 'true',
};

export function readKeyQuery(params: URLSearchParams): KeyQuery {
  const filter: Record<string, unknown> = {};
  for (const name of FILTER_NAMES) {
    const text = params.get(name);
    if (text !== null && text !== '') filter[name] = CONVERSIONS[FILTERS[name]](text);
  }
  return {
    filter: filter,
    sort: (params.get('sort') ?? DEFAULT_SORT) as KeySort,
    cursor: params.get('cursor') ?? '',
  };
}

/** Returns parameters with some changed: an empty text takes one away. The list then begins anew. */
export function changeParams(params: URLSearchParams, changes: Record<string, string>): URLSearchParams {
  const changed = new URLSearchParams(params);
  changed.delete('cursor');
  for (const [name, value] of Object.entries(changes))
    if (value === '') changed.delete(name);
    else changed.set(name, value);
  return changed;
}
