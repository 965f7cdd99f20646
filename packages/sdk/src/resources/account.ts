// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  AccountAnswer,
  AccountLoginAnswer,
  AvailableUsernameBody,
  ConfirmSignUpBody,
  ConfirmedEmailAnswer,
  DeleteAccountBody,
  DeletedAccountAnswer,
  NewPasswordBody,
  RecoverAnswer,
  RecoverBody,
  SignUpAnswer,
  SignUpBody,
  TakenUsernameAnswer,
  UpdateAccountBody,
} from '../document/schemas.js';

/**
 * Your own account. Paths in `/jwt` take a login token, paths in `/key` a key and its secret as HTTP Basic. Answers are `{result, …}`.
 */
export class Account extends Resource {
  /**
   * Sign up.
   *
   * The confirmation id is sent by mail. A known address gets the same answer, and so does one that may not sign up because it was not invited.
   *
   * @returns The address that the confirmation was sent to.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `signup.closed`
   * @throws {KeywrightError} 429: `request.rate_limited`
   * @throws {KeywrightError} 503: `mail.unavailable`
   */
  signUp(body: SignUpBody, options?: RequestOptions): Answer<SignUpAnswer> {
    return this.callOperation(operations.signUpAccount, [], body, options);
  }

  /**
   * Recover your account.
   *
   * A link that sets a new password is sent by mail, if an account has this address. The answer is the same for all addresses.
   *
   * @returns The address that the link is sent to, if it is known.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 429: `request.rate_limited`
   * @throws {KeywrightError} 503: `mail.unavailable`
   */
  recover(body: RecoverBody, options?: RequestOptions): Answer<RecoverAnswer> {
    return this.callOperation(operations.recoverAccount, [], body, options);
  }

  /**
   * Set a new password.
   *
   * With the id from the mail. All sessions of the account end.
   *
   * @param id The confirmation id from the mail.
   * @returns The account's e-mail address.
   * @throws {KeywrightError} 400: `request.body_missing`, `password.too_short`
   * @throws {KeywrightError} 404: `confirmation.not_found`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  setNewPassword(id: string, body: NewPasswordBody, options?: RequestOptions): Answer<RecoverAnswer> {
    return this.callOperation(operations.setNewPassword, [id], body, options);
  }

  /**
   * Confirm a new e-mail address.
   *
   * With the id from the mail that was sent to the new address. All other sessions of the account end.
   *
   * @param id The confirmation id from the mail.
   * @returns The account's new e-mail address.
   * @throws {KeywrightError} 404: `confirmation.not_found`
   * @throws {KeywrightError} 409: `email.taken`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  confirmEmail(id: string, options?: RequestOptions): Answer<ConfirmedEmailAnswer> {
    return this.callOperation(operations.confirmEmail, [id], undefined, options);
  }

  /**
   * Read your account.
   *
   * Requires level 2 or above.
   *
   * @returns The account.
   */
  read(options?: RequestOptions): Answer<AccountAnswer> {
    return this.callOperation(operations.readAccount, [], undefined, options);
  }

  /**
   * Change your account.
   *
   * Withdrawing consent (0) deletes all your personal keys; giving consent again restores none. A key cannot set the
   * password or the e-mail address, and a key whose level is below its owner's can set nothing but the language.
   *
   * Requires level 3 or above.
   *
   * @returns The changed account.
   * @throws {KeywrightError} 400: `request.body_missing`, `password.current_missing`, `password.too_short`
   * @throws {KeywrightError} 403: `password.current_wrong`, `access.login_too_old`, `password.not_allowed`
   * @throws {KeywrightError} 409: `username.taken`
   * @throws {KeywrightError} 429: `login.throttled`
   * @throws {KeywrightError} 503: `mail.unavailable`
   */
  update(body?: UpdateAccountBody, options?: RequestOptions): Answer<AccountAnswer> {
    return this.callOperation(operations.updateAccount, [], body, options);
  }

  /**
   * Check whether a username is taken.
   *
   * Requires level 1 or above.
   *
   * @returns The username, which is taken.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 404: `username.free`
   */
  isUsernameTaken(body: AvailableUsernameBody, options?: RequestOptions): Answer<TakenUsernameAnswer> {
    return this.callOperation(operations.isUsernameTaken, [], body, options);
  }

  /**
   * Confirm a signup.
   *
   * With the confirmation id from the mail, which works once. Also logs in.
   *
   * @param id The confirmation id from the mail.
   * @returns The login token, and the account that it belongs to.
   * @throws {KeywrightError} 400: `request.body_missing`, `password.too_short`
   * @throws {KeywrightError} 404: `confirmation.not_found`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  confirmSignUp(id: string, body: ConfirmSignUpBody, options?: RequestOptions): Answer<AccountLoginAnswer> {
    return this.callOperation(operations.confirmSignUp, [id], body, options);
  }

  /**
   * Delete your account.
   *
   * For good. Your personal keys, sessions and links end at once, your names are free again, and what the audit trail says of you (names, addresses, user
   * agents) is erased in the following minutes. Keys that you made for your merchant stay. The last manager of a merchant cannot go while
   * others are left.
   *
   * Requires a login.
   *
   * @returns Whether your merchant is deleted, too.
   * @throws {KeywrightError} 400: `request.body_missing`, `password.current_missing`
   * @throws {KeywrightError} 403: `password.current_wrong`, `access.login_too_old`
   * @throws {KeywrightError} 409: `member.last_manager`, `member.last_admin`, `merchant.operators`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  delete(body?: DeleteAccountBody, options?: RequestOptions): Answer<DeletedAccountAnswer> {
    return this.callOperation(operations.deleteAccount, [], body, options);
  }
}
