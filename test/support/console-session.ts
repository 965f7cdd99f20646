import type { Answer, RequestOptions } from './http.js';
import type { TestServer } from './server.js';

export const SESSION = '/console/session';

/** What the console's own page sends with each request. */
export const FROM_CONSOLE = { 'x-keywright-console': '1', 'sec-fetch-site': 'same-origin' };

/** A request of the console's own page, with the cookies that the browser has. */
export const fromConsole = (cookie?: string, json?: unknown, more: Record<string, string> = {}): RequestOptions => ({
  headers: { ...FROM_CONSOLE, ...(cookie !== undefined && { cookie }), ...more },
  json,
});

/** Reads a cookie that an answer sets: `name=value`, and its attributes. */
export function cookieIn({ headers }: Answer, name = 'keywright-session'): { pair: string; attributes: string[] } {
  const found = headers['set-cookie']?.find((cookie) => cookie.startsWith(`${name}=`)) ?? '';
  const [pair = '', ...attributes] = found.split('; ');
  return { pair, attributes };
}

/** Logs in to the console. @returns the cookie of the session */
export async function openSession(
  server: TestServer,
  { email, password }: { email: string; password: string },
  cookie?: string,
): Promise<string> {
  const answer = await server.call('POST', SESSION, fromConsole(cookie, { username: email, password }));
  expect([answer.status, answer.body]).toEqual([200, { expiresIn: 3600 }]);
  const { pair } = cookieIn(answer);
  server.secrets.add(pair.slice(pair.indexOf('=') + 1));
  return pair;
}
