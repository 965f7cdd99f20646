import { plainTransport } from './client.js';
import { AccountAuth, Auth, Console, type AccountView, type OidcProviderView } from './sdk.js';

/** The session of the console, whose login token only a cookie holds. */
export const consoleSession = new Console(plainTransport);

/** Options of a sign-in by a page of the server: an attempt counts, so that it is not made again by itself. */
export const ONCE = { maxRetries: 0, xKeywrightConsole: '1' as const };

const accounts = new AccountAuth(plainTransport);

const auth = new Auth(plainTransport);

/** Reads who is signed in, without waiting for a session. */
export async function readSignedIn(): Promise<AccountView> {
  return (await accounts.whoAmI()).account;
}

/** Reads the OpenID provider that people can sign in with; without one, it is refused. */
export async function readProvider(): Promise<OidcProviderView> {
  return auth.readOidcProvider();
}
