// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  ConfirmTotpBody,
  ConfirmedTotpView,
  CreatePasskeyBody,
  NewPasskeyView,
  NewTotpView,
  OwnerBody,
  PasskeyOptionsView,
  RecoveryCodesView,
  SecondFactorView,
} from '../document/schemas.js';

/** Authenticator apps, passkeys and recovery codes of your own account. */
export class SecondFactors extends Resource {
  /**
   * Read your second factors.
   *
   * Requires a login.
   *
   * @returns Which second factors your account has.
   */
  read(options?: RequestOptions): Answer<SecondFactorView> {
    return this.callOperation(operations.readSecondFactor, [], undefined, options);
  }

  /**
   * Set up an authenticator app.
   *
   * Answers with a secret for the app (TOTP, RFC 6238), which comes into force when it is confirmed by a first code within an hour. Until
   * then, an app that you have already stays in force.
   *
   * Requires a login.
   *
   * @returns The secret for the app.
   * @throws {KeywrightError} 400: `request.body_missing`, `password.current_missing`
   * @throws {KeywrightError} 403: `access.login_too_old`, `password.current_wrong`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  createTotp(body?: OwnerBody, options?: RequestOptions): Answer<NewTotpView> {
    return this.callOperation(operations.createTotp, [], body, options);
  }

  /**
   * Remove your authenticator app.
   *
   * Requires a login.
   *
   * @throws {KeywrightError} 400: `request.body_missing`, `password.current_missing`
   * @throws {KeywrightError} 403: `access.login_too_old`, `password.current_wrong`
   * @throws {KeywrightError} 404: `second_factor.not_found`
   * @throws {KeywrightError} 409: `second_factor.demanded`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  deleteTotp(body?: OwnerBody, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.deleteTotp, [], body, options);
  }

  /**
   * Confirm an authenticator app.
   *
   * By a first code. The app is in force from then on, and all your other sessions end.
   *
   * Requires a login.
   *
   * @returns The recovery codes, if the app is your first second factor.
   * @throws {KeywrightError} 400: `request.body_missing`, `second_factor.code_wrong`
   * @throws {KeywrightError} 404: `second_factor.not_found`
   */
  confirmTotp(body: ConfirmTotpBody, options?: RequestOptions): Answer<ConfirmedTotpView> {
    return this.callOperation(operations.confirmTotp, [], body, options);
  }

  /**
   * Replace your recovery codes.
   *
   * The previous codes become invalid.
   *
   * Requires a login.
   *
   * @returns The new recovery codes.
   * @throws {KeywrightError} 400: `request.body_missing`, `password.current_missing`
   * @throws {KeywrightError} 403: `access.login_too_old`, `password.current_wrong`
   * @throws {KeywrightError} 404: `second_factor.not_found`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  createRecoveryCodes(body?: OwnerBody, options?: RequestOptions): Answer<RecoveryCodesView> {
    return this.callOperation(operations.createRecoveryCodes, [], body, options);
  }

  /**
   * Begin to register a passkey.
   *
   * The options are valid for five minutes, on pages of the server's public URL.
   *
   * Requires a login.
   *
   * @returns The options for the browser.
   * @throws {KeywrightError} 400: `request.body_missing`, `password.current_missing`
   * @throws {KeywrightError} 403: `access.login_too_old`, `password.current_wrong`
   * @throws {KeywrightError} 409: `second_factor.limit_reached`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  createPasskeyOptions(body?: OwnerBody, options?: RequestOptions): Answer<PasskeyOptionsView> {
    return this.callOperation(operations.createPasskeyOptions, [], body, options);
  }

  /**
   * Register a passkey.
   *
   * It is in force from then on, and all your other sessions end.
   *
   * Requires a login.
   *
   * @returns The passkey, and the recovery codes if it is your first second factor.
   * @throws {KeywrightError} 400: `request.body_missing`, `passkey.refused`
   * @throws {KeywrightError} 409: `second_factor.limit_reached`, `passkey.taken`
   */
  createPasskey(body: CreatePasskeyBody, options?: RequestOptions): Answer<NewPasskeyView> {
    return this.callOperation(operations.createPasskey, [], body, options);
  }

  /**
   * Remove a passkey.
   *
   * Requires a login.
   *
   * @param id The passkey's id.
   * @throws {KeywrightError} 400: `request.body_missing`, `password.current_missing`
   * @throws {KeywrightError} 403: `access.login_too_old`, `password.current_wrong`
   * @throws {KeywrightError} 404: `second_factor.not_found`
   * @throws {KeywrightError} 409: `second_factor.demanded`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  deletePasskey(id: string, body?: OwnerBody, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.deletePasskey, [id], body, options);
  }
}
