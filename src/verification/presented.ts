import type { FastifyRequest } from 'fastify';
import { parseCredential, type Credential } from '../api-keys/credentials/credential.js';
import { DomainError } from '../platform/events/domain-error.js';

/** What a request shows to be let in: a key with its secret, or a token of some kind. */
export interface Presented {
  /** `null` when it can't be a key, whatever the database holds. */
  credential: Credential | null;
  /** What came as Bearer and begins as every JWT does. */
  token: string | null;
  /** What came, as one text: it may be an imported key. */
  text: string | null;
}

const AUTHORIZATION = 'authorization';
const API_KEY = 'x-api-key';

const NOTHING: Presented = { credential: null, token: null, text: null };

/** Query parameters in which people put keys. What stands in a query stands in logs, histories and referrers. */
export const KEY_PARAMETERS = ['key', 'apikey', 'api_key', 'api-key', 'token', 'access_token'];

/** The key pair in an `Authorization: Basic` header (RFC 7617); `null` when there is none, or none that could be good. */
export function basicCredential(header: string | undefined): Credential | null {
  const text = header === undefined ? null : basicText(header);
  return text === null ? null : parseCredential(text);
}

/** What an `Authorization: Basic` header holds; `null` for another scheme. */
export function basicText(header: string): string | null {
  const encoded = afterScheme(header, 'basic');
  return encoded === null ? null : Buffer.from(encoded, 'base64').toString('utf8');
}

/** `{"` in base64url. Keys that were made elsewhere may have dots in them, too. */
const JWT = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/;

/** What a text is: a key with its secret, a token, or a key that was made elsewhere. */
export function parsePresented(text: string): Presented {
  const credential = parseCredential(text);
  return { credential, token: credential === null && JWT.test(text) ? text : null, text };
}

/**
 * What a request shows, by `Authorization: Bearer` or `Basic`, or by `X-API-Key`.
 *
 * @throws {DomainError} `credential.ambiguous` for two at once, `credential.in_query` for a key in the query
 */
export function readPresented({ headers, query, raw }: Pick<FastifyRequest, 'headers' | 'query' | 'raw'>): Presented {
  for (const name in query as object)
    if (KEY_PARAMETERS.includes(name.toLowerCase())) throw new DomainError('credential.in_query');
  const { authorization } = headers;
  const apiKey = headers[API_KEY];
  if (authorization === undefined && apiKey === undefined) return NOTHING;
  if (countCredentials(raw.rawHeaders) > 1) throw new DomainError('credential.ambiguous');
  if (authorization === undefined) {
    const text = String(apiKey);
    return { credential: parseCredential(text), token: null, text };
  }
  const bearer = afterScheme(authorization, 'bearer');
  if (bearer !== null) return parsePresented(bearer);
  const text = basicText(authorization);
  // An imported key also comes as the name of a Basic login, with an empty password.
  return {
    credential: text === null ? null : parseCredential(text),
    token: null,
    text: text?.replace(/:$/, '') ?? null,
  };
}

/** Counted as they came: of two `Authorization` headers Node would show the first alone. */
function countCredentials(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const { length } = rawHeaders[index] ?? '';
    if (length !== AUTHORIZATION.length && length !== API_KEY.length) continue;
    const name = rawHeaders[index]?.toLowerCase();
    if (name === AUTHORIZATION || name === API_KEY) count += 1;
  }
  return count;
}

/** What follows the scheme's name, which may be written in any case (RFC 9110, section 11.1). */
function afterScheme(header: string, scheme: string): string | null {
  const isScheme = header.charAt(scheme.length) === ' ' && header.slice(0, scheme.length).toLowerCase() === scheme;
  return isScheme ? header.slice(scheme.length + 1).trim() : null;
}
