import { parseCredential, type Credential } from '../api-keys/credentials/credential.js';

/** The credential that a request presents: a key with its secret, or a token. */
export interface Presented {
  /** `null` if the text cannot be a key of this server, whatever the database holds. */
  credential: Credential | null;
  /** The text, if it has the form of a JWT. */
  token: string | null;
  /** The text as it was presented, which may be an imported key; `null` if the request presents nothing. */
  text: string | null;
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

/** Parses the value of a header that holds nothing but a key. */
export function parseKeyHeader(text: string): Presented {
  return { credential: parseCredential(text), token: null, text };
}

/** Parses the value of an `Authorization` header. Nothing is presented by a scheme other than `Bearer` and `Basic`. */
export function parseAuthorization(header: string): Presented {
  const bearer = textAfterScheme(header, 'bearer');
  if (bearer !== null) return parsePresented(bearer);
  const text = decodeBasic(header);
  // An imported key may also be sent as the user name, with an empty password.
  return {
    credential: text === null ? null : parseCredential(text),
    token: null,
    text: text === null ? null : withoutPassword(text),
  };
}

/** Removes the colon that a user name without a password ends in. */
export const withoutPassword = (text: string): string => (text.endsWith(':') ? text.slice(0, -1) : text);

/** Returns the text after the scheme's name, which is case-insensitive (RFC 9110, section 11.1); `null` for another scheme. */
function textAfterScheme(header: string, scheme: string): string | null {
  const isScheme = header.charAt(scheme.length) === ' ' && header.slice(0, scheme.length).toLowerCase() === scheme;
  return isScheme ? header.slice(scheme.length + 1).trim() : null;
}
