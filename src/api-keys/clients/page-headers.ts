import { pageOf, type ClientKeysQuery } from './client-keys.service.js';

/** Where a page stands in the whole list: `X-Total-Count`, and `Link` (RFC 8288) to the pages around it. */
export function pageHeaders(url: string, query: ClientKeysQuery, count: number): Record<string, string> {
  const headers = { 'X-Total-Count': String(count) };
  const part = pageOf(query);
  if (!part) return headers;
  const { page, limit } = part;
  const last = Math.max(1, Math.ceil(count / limit));
  const around = { first: 1, prev: page - 1, next: page + 1, last };
  const links = Object.entries(around)
    .filter(([, target]) => target >= 1 && target <= last)
    .map(([relation, target]) => `<${withPage(url, target)}>; rel="${relation}"`);
  return { ...headers, Link: links.join(', ') };
}

function withPage(url: string, page: number): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  searchParams.set('page', String(page));
  return `${pathname}?${searchParams.toString()}`;
}
