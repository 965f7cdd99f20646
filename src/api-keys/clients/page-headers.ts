import { resolvePage, type ClientKeysQuery } from './client-keys.service.js';

/** Returns the headers that place a page in the list: `X-Total-Count`, and `Link` (RFC 8288) to the first, adjacent and last pages. */
export function pageHeaders(url: string, query: ClientKeysQuery, count: number): Record<string, string> {
  const headers = { 'X-Total-Count': String(count) };
  const requested = resolvePage(query);
  if (!requested) return headers;
  const { page, limit } = requested;
  const last = Math.max(1, Math.ceil(count / limit));
  const targets = { first: 1, prev: page - 1, next: page + 1, last };
  const links = Object.entries(targets)
    .filter(([, target]) => target >= 1 && target <= last)
    .map(([relation, target]) => `<${withPage(url, target)}>; rel="${relation}"`);
  return { ...headers, Link: links.join(', ') };
}

function withPage(url: string, page: number): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  searchParams.set('page', String(page));
  return `${pathname}?${searchParams.toString()}`;
}
