import { JSON_TYPE, refusal } from './envelope.js';
import type { Answer } from './http.js';

/** Routes of a surface that show its refusals, and its own words for them. */
export interface SurfaceCase {
  surface: string;
  /** A route without a login that reads a body. */
  open: string;
  guarded: [method: string, path: string];
  elsewhere: string;
  words: Record<400 | 401 | 403 | 404 | 413 | 415 | 429 | 500, string>;
}

export const SURFACES: SurfaceCase[] = [
  {
    surface: 'clients',
    open: '/api/auth/login',
    guarded: ['POST', '/api/clients/generate-api-key'],
    elsewhere: '/api/clients/nowhere',
    words: {
      400: 'Invalid request format',
      401: 'Invalid JWT token',
      403: 'Insufficient permissions',
      404: 'Not found',
      413: 'Request body is too large',
      415: 'Content-Type must be application/json',
      429: 'Too many failed logins. Try again later',
      500: 'Internal server error',
    },
  },
  {
    surface: 'merchants',
    open: '/api/v1/auth/login',
    guarded: ['POST', '/api/v1/applications'],
    elsewhere: '/api/v1/nowhere',
    words: {
      400: 'The request contains invalid parameters or malformed data',
      401: 'Authentication required. Please provide a valid API token',
      403: "You don't have permission to access this resource",
      404: 'The requested resource was not found',
      413: 'The request body is too large',
      415: 'The content type must be application/json',
      429: 'Too many failed logins. Please try again later',
      500: 'Something went wrong on our side',
    },
  },
  {
    surface: 'accounts',
    open: '/login',
    guarded: ['POST', '/apikeys/jwt'],
    elsewhere: '/account/nowhere',
    words: {
      400: 'malformedBody',
      401: 'authenticationFailed',
      403: 'insufficientAccessLevel',
      404: 'notFound',
      413: 'bodyTooLarge',
      415: 'unsupportedMediaType',
      429: 'tooManyRequests',
      500: 'internalError',
    },
  },
  {
    surface: 'oauth',
    open: '/oauth/token',
    guarded: ['POST', '/oauth/token'],
    elsewhere: '/oauth/nowhere',
    words: {
      400: 'invalid_request',
      401: 'invalid_client',
      403: '',
      404: 'invalid_request',
      413: 'invalid_request',
      415: 'invalid_request',
      429: '',
      500: 'server_error',
    },
  },
];

/** Makes sure that an answer is exactly this refusal. */
export function expectRefusal(
  path: string,
  { status, headers, body }: Answer,
  expected: number,
  message: string,
): void {
  expect(body).toEqual(refusal(path, expected, message));
  expect([status, headers['content-type']]).toEqual([expected, JSON_TYPE]);
}
