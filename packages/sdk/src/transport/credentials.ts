import { KeywrightError } from './error.js';
import type { Operation } from './operation.js';

/** A secret, or a function that returns the current one and is asked before every attempt. */
export type Secret = string | (() => string | Promise<string>);

/** One credential, or none for the operations that are public. */
export type Credential =
  | {
      /** The token of a login, on any surface. */
      token: Secret;
      key?: undefined;
      session?: undefined;
      portal?: undefined;
    }
  | {
      /** A full key (`ks_…`), or `<key>:<secret>` for a pair of the clients or accounts surface. */
      key: Secret;
      token?: undefined;
      session?: undefined;
      portal?: undefined;
    }
  | {
      /** The access token of an OAuth session. */
      session: Secret;
      token?: undefined;
      key?: undefined;
      portal?: undefined;
    }
  | {
      /** The token of a portal session. */
      portal: Secret;
      token?: undefined;
      key?: undefined;
      session?: undefined;
    }
  | { token?: undefined; key?: undefined; session?: undefined; portal?: undefined };

/** For each credential the schemes that it serves, in the order in which they are used. */
const SCHEMES = {
  token: ['loginToken'],
  key: ['bearerKey', 'keyPair'],
  pair: ['keyPair'],
  session: ['session'],
  portal: ['portalToken'],
} as const;

const NAMES = {
  token: 'a login token',
  key: 'a key',
  pair: 'a key and its secret',
  session: 'a session',
  portal: 'a portal token',
};

/**
 * Returns the value of the `Authorization` header of a request.
 *
 * @throws {KeywrightError} `client.credential_unsuitable` if the operation takes no such credential
 */
export async function authorize(credential: Credential, { auth, path }: Operation): Promise<string | undefined> {
  if (auth === undefined) return undefined;
  const secret = credential.token ?? credential.key ?? credential.session ?? credential.portal;
  const value = typeof secret === 'function' ? await secret() : secret;
  const kind = kindOf(credential, value);
  const scheme = kind && SCHEMES[kind].find((name) => auth.includes(name));
  if (scheme === undefined || value === undefined)
    throw new KeywrightError(
      `${path} does not take ${kind === undefined ? 'requests without a credential' : NAMES[kind]}, but ${auth.join(' or ')}.`,
      { code: 'client.credential_unsuitable' },
    );
  // A full key is a user name without a password.
  return scheme === 'keyPair' ? `Basic ${toBase64(kind === 'pair' ? value : `${value}:`)}` : `Bearer ${value}`;
}

function kindOf({ token, key, session, portal }: Credential, value = ''): keyof typeof SCHEMES | undefined {
  if (token !== undefined) return 'token';
  if (key !== undefined) return value.includes(':') ? 'pair' : 'key';
  if (session !== undefined) return 'session';
  return portal === undefined ? undefined : 'portal';
}

const toBase64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
