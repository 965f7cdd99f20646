// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { ClientLoginView, LoginBody, LoginSecondStepBody } from '../document/schemas.js';

/** Log in and out on the clients surface. Answers are `{status, message, data}`. */
export class ClientAuth extends Resource {
  /**
   * Log in as a client.
   *
   * The login token is valid on every surface. An account with a second factor is refused with 401 `login.second_factor_required` and a
   * challenge, with which you go on at `POST /api/auth/login/second-factor`.
   *
   * @returns The login token, and the user that it belongs to.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.failed`, `login.second_factor_required`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  logIn(body: LoginBody, options?: RequestOptions): Answer<ClientLoginView> {
    return this.callOperation(operations.logInClient, [], body, options);
  }

  /**
   * Complete a login as a client.
   *
   * With the challenge from the login, and a code, a recovery code or a passkey. A challenge is valid for five minutes and five answers.
   *
   * @returns The login token, and the user that it belongs to.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.challenge_gone`, `login.second_factor_failed`, `login.failed`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  logInWithFactor(body: LoginSecondStepBody, options?: RequestOptions): Answer<ClientLoginView> {
    return this.callOperation(operations.logInClientWithFactor, [], body, options);
  }

  /**
   * Log out as a client.
   *
   * Ends the session of the login token, which is refused at once on every instance.
   *
   * Requires a login.
   *
   * @returns The client is logged out.
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  logOut(options?: RequestOptions): Answer<null> {
    return this.callOperation(operations.logOutClient, [], undefined, options);
  }
}
