import { STATUS_CODES } from 'node:http';
import type { Answer } from './http.js';

export const JSON_TYPE = 'application/json; charset=utf-8';

const ACCOUNTS_PATHS = /^\/(signup|confirm|recover|login|logout|signin|account|whoami|apikeys|available)(\/|$)/;

/** The surface that the contracts say a path belongs to. */
export function surfaceNameOf(path: string): 'clients' | 'merchants' | 'accounts' | 'oauth' {
  const [pathname = ''] = path.split('?', 1);
  if (/^\/api\/(auth|clients)(\/|$)/.test(pathname)) return 'clients';
  if (/^\/(oauth|\.well-known)(\/|$)/.test(pathname)) return 'oauth';
  return ACCOUNTS_PATHS.test(pathname) ? 'accounts' : 'merchants';
}

/** What a refusal with this status looks like on a surface; `message` is the surface's own word for what is wrong, where it is known. */
export function refusal(path: string, status: number, message: unknown = expect.stringMatching(/\S/)): object {
  switch (surfaceNameOf(path)) {
    case 'clients':
      return { status, message, data: null };
    case 'merchants':
      return { error: STATUS_CODES[status], message, code: status };
    case 'accounts':
      return { result: 'error', error: message };
    case 'oauth':
      // In the characters of RFC 6749, section 5.2.
      return { error: message, error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) };
  }
}

/** Makes sure that a failure, whichever it is, comes in the envelope of its path's surface and holds nothing else. */
export function expectEnvelope(path: string, { status, headers, body }: Answer): void {
  const { details, secondFactor = body.data?.secondFactor, ...rest } = body;
  // The password was right, and the login goes on.
  if (body.data?.secondFactor) rest.data = null;
  if (secondFactor !== undefined) expect([status, typeof secondFactor.challenge]).toEqual([401, 'string']);
  expect(rest).toEqual(refusal(path, status));
  expect(headers['content-type']).toBe(JSON_TYPE);
  if (details !== undefined) {
    expect(surfaceNameOf(path)).toBe('merchants');
    for (const detail of details) expect(detail).toEqual({ field: expect.any(String), message: expect.any(String) });
  }
}
