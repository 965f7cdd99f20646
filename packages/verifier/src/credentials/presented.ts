import { formOf } from './checksum.js';

/** What a request presents: a key's text, `null` if nothing, or what is wrong with it. */
export type Presented =
  { text: string | null; mistake?: undefined } | { mistake: 'credential.ambiguous' | 'credential.in_query' };

/** The values of a request's headers, each as often as it came. */
export interface CredentialHeaders {
  authorization: readonly string[];
  apiKey: readonly string[];
}

/** Query parameters in which keys are sent by mistake. Queries end up in logs, browser histories and referrers. */
const KEY_PARAMETERS = new Set(['key', 'apikey', 'api_key', 'api-key', 'token', 'access_token']);

/**
 * Reads the key of a request from `Authorization: Bearer` or `Basic`, or from `X-API-Key`, as the server does. An `Authorization` beside an `X-API-Key` is somebody
 * else's, such as a site's login, unless it holds a key as well.
 *
 * @param parameters the names of the query's parameters
 */
export function readPresented({ authorization, apiKey }: CredentialHeaders, parameters: Iterable<string>): Presented {
  for (const name of parameters) if (KEY_PARAMETERS.has(name.toLowerCase())) return { mistake: 'credential.in_query' };
  const authorizations = authorization.filter((value) => value !== '');
  const keys = new Set(apiKey.filter((value) => value !== ''));
  const [key] = keys;
  if (key === undefined) {
    if (authorizations.length > 1) return { mistake: 'credential.ambiguous' };
    return { text: authorizations[0] === undefined ? null : readAuthorization(authorizations[0]) };
  }
  const isAmbiguous = keys.size > 1 || authorizations.some((value) => isAnotherKey(readAuthorization(value), key));
  return isAmbiguous ? { mistake: 'credential.ambiguous' } : { text: key };
}

/** Returns the text in an `Authorization`; `null` for a scheme other than `Bearer` and `Basic`. */
export function readAuthorization(header: string): string | null {
  const bearer = textAfterScheme(header, 'bearer');
  if (bearer !== null) return bearer;
  const encoded = textAfterScheme(header, 'basic');
  // A key that is one text may be the user name, with an empty password.
  return encoded === null ? null : withoutPassword(Buffer.from(encoded, 'base64').toString('utf8'));
}

const isAnotherKey = (text: string | null, key: string): boolean =>
  text !== null && text !== withoutPassword(key) && formOf(text) === 'issued';

const withoutPassword = (text: string): string => (text.endsWith(':') ? text.slice(0, -1) : text);

/** Returns the text after the scheme's name, which is case-insensitive (RFC 9110, section 11.1); `null` for another scheme. */
function textAfterScheme(header: string, scheme: string): string | null {
  const isScheme = header.charAt(scheme.length) === ' ' && header.slice(0, scheme.length).toLowerCase() === scheme;
  return isScheme ? header.slice(scheme.length + 1).trim() : null;
}
