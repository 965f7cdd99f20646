// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  IntrospectionAnswer,
  JwksView,
  MetadataView,
  TheTokenBody,
  TokenAnswer,
  TokenBody,
} from '../document/schemas.js';

/**
 * Sessions that keys open (OAuth 2.0), so that a secret need not travel with every request. Requests are forms, errors `{error}` (RFC 6749).
 */
export class Oauth extends Resource {
  /**
   * Open a session with a key.
   *
   * The client credentials grant (RFC 6749, section 4.4). The client is a key of any surface. It authenticates by HTTP Basic or by `client_id`
   * and `client_secret` in the body, never by both: with its public id and its secret, or with its full key (`ks_…`), or the imported key, as
   * the secret.
   *
   * The access token is signed (RFC 9068). `check` and `verify` accept it, and anyone can validate it with `/.well-known/jwks.json`. Its
   * audience is the id of the key's merchant, and its scopes never exceed the key's. `check`, `verify` and introspection refuse it as soon as
   * its key is deleted, disabled or expired, or has lost one of the token's scopes or the level that it had.
   *
   * @returns The access token.
   * @throws {KeywrightError} 400: `request.body_missing`, `credential.ambiguous`, `oauth.unsupported_grant_type`, `oauth.invalid_scope`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  createAccessToken(body: TokenBody, options?: RequestOptions): Answer<TokenAnswer> {
    return this.callOperation(operations.createAccessToken, [], body, options);
  }

  /**
   * Introspect a session.
   *
   * (RFC 7662) A client of level 1 can introspect the sessions of its own merchant's keys; from level 5 on, every session. For any other
   * session, and for a token that is not valid now, the answer is `{"active": false}`. API keys are verified at `/api/v1/keys/verify`, not
   * here.
   *
   * @returns Whether the session is active, and its claims.
   * @throws {KeywrightError} 400: `request.body_missing`, `credential.ambiguous`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  introspectAccessToken(body: TheTokenBody, options?: RequestOptions): Answer<IntrospectionAnswer> {
    return this.callOperation(operations.introspectAccessToken, [], body, options);
  }

  /**
   * Revoke a session.
   *
   * (RFC 7009) A client revokes one of its own sessions. Once the response is sent, no instance accepts the token. A token that was not
   * valid gets the same answer. At most a thousand unexpired sessions of a key can be revoked.
   *
   * @throws {KeywrightError} 400: `request.body_missing`, `credential.ambiguous`, `oauth.unauthorized_client`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  revokeAccessToken(body: TheTokenBody, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.revokeAccessToken, [], body, options);
  }

  /**
   * Read the keys that sign access tokens.
   *
   * (RFC 7517) Each key is published a day before it signs, until every token that it signed has expired.
   *
   * @returns The public keys that verify access tokens.
   */
  readSigningKeys(options?: RequestOptions): Answer<JwksView> {
    return this.callOperation(operations.readSigningKeys, [], undefined, options);
  }

  /**
   * Read the metadata of the authorization server.
   *
   * (RFC 8414) Its issuer is `PUBLIC_URL`.
   *
   * @returns The metadata of the authorization server.
   */
  readAuthorizationServer(options?: RequestOptions): Answer<MetadataView> {
    return this.callOperation(operations.readAuthorizationServer, [], undefined, options);
  }
}
