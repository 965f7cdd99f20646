// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { LoginBody, LoginSecondStepBody, MerchantLoginView, OidcProviderView } from '../document/schemas.js';

/** Options of `auth.openOidcSession`. */
export interface OpenOidcSessionOptions extends RequestOptions {
  /** Why the provider has not signed the person in, such as `access_denied`. */
  error?: string;
  /** The issuer (RFC 9207), such as `https://sso.example`. */
  iss?: string;
  /** The state of the sign-in, such as `af0ifjsldkj`. */
  state?: string;
  /** The authorization code, such as `SplxlOBeZQQYbYS6WxSbIA`. */
  code?: string;
}

/** Log in and out. The token of a login is valid on every surface. */
export class Auth extends Resource {
  /**
   * Log in.
   *
   * The login token is valid on every surface. An account with a second factor is refused with 401 `login.second_factor_required` and a
   * challenge, with which you go on at `POST /api/v1/auth/login/second-factor`.
   *
   * @returns The login token.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.failed`, `login.second_factor_required`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  logIn(body: LoginBody, options?: RequestOptions): Answer<MerchantLoginView> {
    return this.callOperation(operations.logInMerchant, [], body, options);
  }

  /**
   * Read the OpenID provider that people can sign in with.
   *
   * Answers with 404 if the server is configured with none.
   *
   * @returns The provider.
   * @throws {KeywrightError} 404: `route.not_found`
   */
  readOidcProvider(options?: RequestOptions): Answer<OidcProviderView> {
    return this.callOperation(operations.readOidcProvider, [], undefined, options);
  }

  /**
   * Sign in with the OpenID provider.
   *
   * A browser begins here, and is redirected to the provider. A cookie, valid for ten minutes, binds the sign-in to the browser.
   *
   * @throws {KeywrightError} 404: `route.not_found`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  signInWithOidc(options?: RequestOptions): Answer<string> {
    return this.callOperation(operations.signInWithOidc, [], undefined, options);
  }

  /**
   * Complete a sign-in with the OpenID provider.
   *
   * The provider redirects the browser here. Further parameters, which some providers send, are ignored. A sign-in that the console has begun
   * continues there.
   *
   * @returns The login token, valid on every surface.
   * @throws {KeywrightError} 400: `oidc.state_invalid`, `oidc.expired`, `oidc.issuer_mismatch`, `oidc.code_invalid`
   * @throws {KeywrightError} 401: `oidc.nonce_mismatch`, `oidc.token_invalid`, `login.failed`, `login.second_factor_required`
   * @throws {KeywrightError} 403: `oidc.denied`, `oidc.email_unverified`, `oidc.domain_not_allowed`, `oidc.account_unknown`, `oidc.subject_mismatch`, `oidc.role_missing`
   * @throws {KeywrightError} 404: `route.not_found`
   * @throws {KeywrightError} 409: `member.last_manager`, `member.last_admin`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  openOidcSession(options?: OpenOidcSessionOptions): Answer<MerchantLoginView> {
    return this.callOperation(operations.openOidcSession, [], undefined, options);
  }

  /**
   * Complete a login.
   *
   * With the challenge from the login, and a code, a recovery code or a passkey. A challenge is valid for five minutes and five answers.
   *
   * @returns The login token.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 401: `login.challenge_gone`, `login.second_factor_failed`, `login.failed`
   * @throws {KeywrightError} 429: `login.throttled`
   */
  logInWithFactor(body: LoginSecondStepBody, options?: RequestOptions): Answer<MerchantLoginView> {
    return this.callOperation(operations.logInMerchantWithFactor, [], body, options);
  }

  /**
   * Log out.
   *
   * Ends the session of the login token, which is refused at once on every instance.
   *
   * Requires a login.
   */
  logOut(options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.logOutMerchant, [], undefined, options);
  }
}
