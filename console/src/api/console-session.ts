import { plainTransport } from './client.js';
import {
  AccountAuth,
  Resource,
  type AccountView,
  type Answer,
  type LoginBody,
  type LoginSecondStepBody,
} from './sdk.js';

/** The session of the console, whose login token only a cookie holds. */
class ConsoleSession extends Resource {
  /** @throws {KeywrightError} `login.second_factor_required`, with the challenge for the second step */
  open(body: LoginBody): Answer<unknown> {
    return this.callOperation({ method: 'POST', path: '/console/session', body: 'json' }, [], body, { maxRetries: 0 });
  }

  complete(body: LoginSecondStepBody): Answer<unknown> {
    const operation = { method: 'POST', path: '/console/session/second-factor', body: 'json' } as const;
    return this.callOperation(operation, [], body, { maxRetries: 0 });
  }

  close(): Answer<void> {
    return this.callOperation({ method: 'DELETE', path: '/console/session', answer: 'none' }, []);
  }
}

export const consoleSession = new ConsoleSession(plainTransport);

const accounts = new AccountAuth(plainTransport);

/** Reads who is signed in, without waiting for a session. */
export async function readSignedIn(): Promise<AccountView> {
  return (await accounts.whoAmI()).account;
}
