// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  CompleteSignInBody,
  ConsoleSessionView,
  LoginBody,
  LoginSecondStepBody,
  SignedInView,
} from '../document/schemas.js';

/** Options of `console.readSession`. */
export interface ReadConsoleSessionOptions extends RequestOptions {
  /** Shows that a page of this server has sent the request: another site cannot send it. */
  xKeywrightConsole: '1';
}

/** Options of `console.openSession`. */
export interface OpenConsoleSessionOptions extends RequestOptions {
  /** Shows that a page of this server has sent the request: another site cannot send it. */
  xKeywrightConsole: '1';
}

/** Options of `console.openSessionWithFactor`. */
export interface OpenConsoleSessionWithFactorOptions extends RequestOptions {
  /** Shows that a page of this server has sent the request: another site cannot send it. */
  xKeywrightConsole: '1';
}

/** Options of `console.openSessionByProvider`. */
export interface OpenConsoleSessionByProviderOptions extends RequestOptions {
  /** Shows that a page of this server has sent the request: another site cannot send it. */
  xKeywrightConsole: '1';
}

/**
 * Sessions of the console, whose login token is in a cookie. Requests to them send `X-Keywright-Console: 1`, and so does every request with the cookie.
 */
export class Console extends Resource {
  /**
   * Find out who is signed in to the console.
   *
   * And with which OpenID provider people can sign in. A session that has ended or expired is none.
   *
   * @returns The account, if there is a session, and the provider.
   * @throws {KeywrightError} 403: `session.cross_origin`
   * @throws {KeywrightError} 404: `route.not_found`
   */
  readSession(options: ReadConsoleSessionOptions): Answer<SignedInView> {
    return this.callOperation(operations.readConsoleSession, [], undefined, options);
  }

  /**
   * Log in to the console.
   *
   * As `POST /api/v1/auth/login`, but the login token goes into a cookie. An account with a second factor is refused with 401
   * `login.second_factor_required` and a challenge, with which you go on at `POST /console/session/second-factor`.
   *
   * @returns The session is open.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.failed`, `login.second_factor_required`
   * @throws {KeywrightError} 403: `session.cross_origin`
   * @throws {KeywrightError} 404: `route.not_found`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  openSession(body: LoginBody, options: OpenConsoleSessionOptions): Answer<ConsoleSessionView> {
    return this.callOperation(operations.openConsoleSession, [], body, options);
  }

  /**
   * Log out of the console.
   *
   * Ends the session, which is refused at once on every instance, and removes the cookie. The cookie of a session that has ended is removed, too.
   *
   * Requires a login.
   *
   * @throws {KeywrightError} 404: `route.not_found`
   */
  closeSession(options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.closeConsoleSession, [], undefined, options);
  }

  /**
   * Complete a login to the console.
   *
   * With the challenge from the login, and a code, a recovery code or a passkey. A challenge is valid for five minutes and five answers.
   *
   * @returns The session is open.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.challenge_gone`, `login.second_factor_failed`, `login.failed`
   * @throws {KeywrightError} 403: `session.cross_origin`
   * @throws {KeywrightError} 404: `route.not_found`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  openSessionWithFactor(
    body: LoginSecondStepBody,
    options: OpenConsoleSessionWithFactorOptions,
  ): Answer<ConsoleSessionView> {
    return this.callOperation(operations.openConsoleSessionWithFactor, [], body, options);
  }

  /**
   * Sign in to the console with the OpenID provider.
   *
   * A browser begins here, and is redirected to the provider. It comes back to the console at `/console/oidc`, with the query for
   * `POST /console/session/oidc`.
   *
   * @throws {KeywrightError} 404: `route.not_found`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  beginSignIn(options?: RequestOptions): Answer<string> {
    return this.callOperation(operations.beginConsoleSignIn, [], undefined, options);
  }

  /**
   * Complete a sign-in to the console.
   *
   * An account with a second factor is refused as by a login.
   *
   * @returns The session is open.
   * @throws {KeywrightError} 400: `request.body_missing`, `oidc.state_invalid`, `oidc.expired`, `oidc.issuer_mismatch`, `oidc.code_invalid`
   * @throws {KeywrightError} 401: `oidc.nonce_mismatch`, `oidc.token_invalid`, `login.failed`, `login.second_factor_required`
   * @throws {KeywrightError} 403: `session.cross_origin`, `oidc.denied`, `oidc.email_unverified`, `oidc.domain_not_allowed`, `oidc.account_unknown`, `oidc.subject_mismatch`, `oidc.role_missing`
   * @throws {KeywrightError} 404: `route.not_found`
   * @throws {KeywrightError} 409: `member.last_manager`, `member.last_admin`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  openSessionByProvider(
    body: CompleteSignInBody,
    options: OpenConsoleSessionByProviderOptions,
  ): Answer<ConsoleSessionView> {
    return this.callOperation(operations.openConsoleSessionByProvider, [], body, options);
  }
}
