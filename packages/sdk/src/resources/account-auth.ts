// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  AccountAnswer,
  AccountLoginAnswer,
  AccountLoginBody,
  AccountSecondStepBody,
  KeyInUseAnswer,
} from '../document/schemas.js';

/** Log in and out on the accounts surface. Answers are `{result, …}`. */
export class AccountAuth extends Resource {
  /**
   * Read the account of a login token.
   *
   * Requires a login.
   *
   * @returns The account.
   */
  whoAmI(options?: RequestOptions): Answer<AccountAnswer> {
    return this.callOperation(operations.whoAmI, [], undefined, options);
  }

  /**
   * Log in to your account.
   *
   * With the username, the e-mail address or the number of the account. The login token is valid on every surface. An account with a second factor is
   * refused with 401 `login.second_factor_required` and a challenge, with which you go on at `POST /login/second-factor`.
   *
   * @returns The login token, and the account that it belongs to.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.failed`, `login.second_factor_required`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  logIn(body: AccountLoginBody, options?: RequestOptions): Answer<AccountLoginAnswer> {
    return this.callOperation(operations.logInAccount, [], body, options);
  }

  /**
   * Sign in to your account.
   *
   * Does the same as `/login`.
   *
   * @returns The login token, and the account that it belongs to.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.failed`, `login.second_factor_required`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  signIn(body: AccountLoginBody, options?: RequestOptions): Answer<AccountLoginAnswer> {
    return this.callOperation(operations.signInAccount, [], body, options);
  }

  /**
   * Complete a login to your account.
   *
   * With the challenge from the login, and a code, a recovery code or a passkey. A challenge is valid for five minutes and five answers.
   *
   * @returns The login token, and the account that it belongs to.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.challenge_gone`, `login.second_factor_failed`, `login.failed`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  logInWithFactor(body: AccountSecondStepBody, options?: RequestOptions): Answer<AccountLoginAnswer> {
    return this.callOperation(operations.logInAccountWithFactor, [], body, options);
  }

  /**
   * Log out of your account.
   *
   * Ends the session of the login token, which is refused at once on every instance.
   *
   * Requires a login.
   */
  logOut(options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.logOutAccount, [], undefined, options);
  }

  /**
   * Read the key in use.
   *
   * Open to a key of any surface.
   *
   * Requires a login.
   *
   * @returns The key that authenticated the request.
   */
  readKeyInUse(options?: RequestOptions): Answer<KeyInUseAnswer> {
    return this.callOperation(operations.readKeyInUse, [], undefined, options);
  }
}
