import { plainTransport } from './client.js';
import { AccountAuth, Console, type AccountView } from './sdk.js';

/** The session of the console, whose login token only a cookie holds. */
export const consoleSession = new Console(plainTransport);

/** Options of a sign-in by a page of the server: an attempt counts, so that it is not made again by itself. */
export const ONCE = { maxRetries: 0, xKeywrightConsole: '1' as const };

const accounts = new AccountAuth(plainTransport);

/** Reads who is signed in, without waiting for a session. */
export async function readSignedIn(): Promise<AccountView> {
  return (await accounts.whoAmI()).account;
}
