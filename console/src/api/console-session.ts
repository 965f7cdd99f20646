import { Console, KeywrightError, type AccountView, type SignedInView } from './sdk.js';
import { plainTransport } from './transport.js';

/** The session of the console, whose login token only a cookie holds. */
export const consoleSession = new Console(plainTransport);

/** Proves that a page of the server asks. */
const FROM_HERE = { xKeywrightConsole: '1' as const };

/** Options of a sign-in by a page of the server: an attempt counts, so that it is not made again by itself. */
export const ONCE = { maxRetries: 0, ...FROM_HERE };

/** Reads who is signed in, if anybody is, and with which provider people can sign in. */
export async function readConsoleSession(): Promise<SignedInView> {
  return consoleSession.readSession(FROM_HERE);
}

/**
 * Reads who is signed in, without waiting for a session.
 *
 * @throws {KeywrightError} as a request without a session, if nobody is
 */
export async function readSignedIn(): Promise<AccountView> {
  return accountOf(await readConsoleSession());
}

/** @throws {KeywrightError} as a request without a session, if nobody is signed in */
export function accountOf({ account }: SignedInView): AccountView {
  if (account === null) throw new KeywrightError('You are not signed in.', { code: 'credential.invalid', status: 401 });
  return account;
}
