import type { FastifyRequest } from 'fastify';
import { parseCredential, type Credential } from '../api-keys/credential.js';
import { DomainError } from '../domain/domain-error.js';

/** What a request shows to be let in: a key with its secret, or a token of some kind. */
export interface Presented {
  /** `null` when it can't be a key, whatever the database holds. */
  credential: Credential | null;
  /** What came as Bearer and is shaped like a JWT. */
  token: string | null;
  /** What came, as one text: it may be an imported key. */
  text: string | null;
}

const AUTHORIZATION = 'authorization';
const API_KEY = 'x-api-key';

const NOTHING: Presented = { credential: null, token: null, text: null };

/** Query parameters in which people put keys. What stands in a query stands in logs, histories and referrers. */
const KEY_PARAMETERS = ['key', 'apikey', 'api_key', 'api-key', 'token', 'access_token'];

/** The key pair in an `Authorization: Basic` header (RFC 7617); `null` when there is none, or none that could be good. */
export function basicCredential(header: string | undefined): Credential | null {
  const text = header === undefined ? null : basicText(header);
  return text === null ? null : parseCredential(text);
}

/** `name:password` as it was sent, and the name alone where there is no password. */
function basicText(header: string): string | null {
  const encoded = afterScheme(header, 'basic');
  const text = encoded === null ? null : Buffer.from(encoded, 'base64').toString('utf8');
  return text?.endsWith(':') ? text.slice(0, -1) : text;
}

/**
 * What a request shows, by `Authorization: Bearer` or `Basic`, or by `X-API-Key`.
 *
 * @throws {DomainError} `credential.ambiguous` for two at once, `credential.in_query` for a key in the query
 */
export function presentedBy({ headers, query, raw }: Pick<FastifyRequest, 'headers' | 'query' | 'raw'>): Presented {
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
  if (bearer === null) {
    const text = basicText(authorization);
    return { credential: text === null ? null : parseCredential(text), token: null, text };
  }
  const credential = parseCredential(bearer);
  return { credential, token: credential === null && bearer.split('.', 4).length === 3 ? bearer : null, text: bearer };
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
