import type { FastifyRequest } from 'fastify';
import { parseCredential, type Credential } from '../api-keys/credentials/credential.js';
import { DomainError } from '../platform/events/domain-error.js';

/** The credential that a request presents: a key with its secret, or a token. */
export interface Presented {
  /** `null` if the text cannot be a key of this server, whatever the database holds. */
  credential: Credential | null;
  /** The text, if it has the form of a JWT. */
  token: string | null;
  /** The text as it was presented, which may be an imported key; `null` if the request presents nothing. */
  text: string | null;
}

const AUTHORIZATION = 'authorization';
const API_KEY = 'x-api-key';

const NOTHING: Presented = { credential: null, token: null, text: null };

/** Query parameters in which keys are sent by mistake. Queries end up in logs, browser histories and referrers. */
export const KEY_PARAMETERS = ['key', 'apikey', 'api_key', 'api-key', 'token', 'access_token'];

/** Whether a query has a parameter in which keys are sent by mistake. */
export function hasKeyParameter(query: unknown): boolean {
  for (const name in query as object) if (KEY_PARAMETERS.includes(name.toLowerCase())) return true;
  return false;
}

/**
 * Reads the key pair from an `Authorization: Basic` header (RFC 7617). Returns `null` if there is none, or its form is not that of a key
 * pair.
 */
export function readBasicCredential(header: string | undefined): Credential | null {
  const text = header === undefined ? null : decodeBasic(header);
  return text === null ? null : parseCredential(text);
}

/** Decodes an `Authorization: Basic` header. Returns `null` for another scheme. */
export function decodeBasic(header: string): string | null {
  const encoded = textAfterScheme(header, 'basic');
  return encoded === null ? null : Buffer.from(encoded, 'base64').toString('utf8');
}

/** A JWT, which begins with `{"` in base64url. Dots alone prove nothing, because imported keys may contain them, too. */
const JWT = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/;

/** Parses a presented text: a key with its secret, a token, or an imported key. */
export function parsePresented(text: string): Presented {
  const credential = parseCredential(text);
  return { credential, token: credential === null && JWT.test(text) ? text : null, text };
}

/**
 * Reads the credential of a request from `Authorization: Bearer` or `Basic`, or from `X-API-Key`.
 *
 * @throws {DomainError} `credential.ambiguous` for more than one credential, `credential.in_query` for a key in the query
 */
export function readPresented({ headers, query, raw }: Pick<FastifyRequest, 'headers' | 'query' | 'raw'>): Presented {
  if (hasKeyParameter(query)) throw new DomainError('credential.in_query');
  const { authorization } = headers;
  const apiKey = headers[API_KEY];
  if (authorization === undefined && apiKey === undefined) return NOTHING;
  if (countCredentials(raw.rawHeaders) > 1) throw new DomainError('credential.ambiguous');
  if (authorization === undefined) {
    const text = String(apiKey);
    return { credential: parseCredential(text), token: null, text };
  }
  const bearer = textAfterScheme(authorization, 'bearer');
  if (bearer !== null) return parsePresented(bearer);
  const text = decodeBasic(authorization);
  // An imported key may also be sent as the user name, with an empty password.
  return {
    credential: text === null ? null : parseCredential(text),
    token: null,
    text: text?.replace(/:$/, '') ?? null,
  };
}

/** Counts the credentials in the headers as received. Of two `Authorization` headers, Node's parsed headers show only the first. */
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

/** Returns the text after the scheme's name, which is case-insensitive (RFC 9110, section 11.1); `null` for another scheme. */
function textAfterScheme(header: string, scheme: string): string | null {
  const isScheme = header.charAt(scheme.length) === ' ' && header.slice(0, scheme.length).toLowerCase() === scheme;
  return isScheme ? header.slice(scheme.length + 1).trim() : null;
}
