// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  CreatePortalKeyBody,
  CreatedPortalKeyView,
  OpenPortalSessionBody,
  OpenedPortalSessionView,
  OwnPortalSessionView,
  PortalKeyPage,
  PortalKeyView,
  PortalTokenView,
  RotatePortalKeyBody,
  RotatedPortalKeyView,
  UseLinkBody,
} from '../document/schemas.js';

/** Options of `portalSessions.listPortalKeys`. */
export interface ListPortalKeysOptions extends RequestOptions {
  /**
   * The page, from 1.
   *
   * @default 1
   */
  page?: number;
  /**
   * Items per page.
   *
   * @default 20
   */
  limit?: number;
}

/** Keys of your customers, which they manage themselves in your page or in one of this server. */
export class PortalSessions extends Resource {
  /**
   * Read your portal session.
   *
   * Requires a login.
   *
   * @returns What the session allows.
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  readOwn(options?: RequestOptions): Answer<OwnPortalSessionView> {
    return this.callOperation(operations.readOwnPortalSession, [], undefined, options);
  }

  /**
   * Redeem the link of a portal session.
   *
   * For the page that the session's URL leads to. A link works once.
   *
   * @returns The token of the session.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 404: `portal_session.link_invalid`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  redeemPortalLink(body: UseLinkBody, options?: RequestOptions): Answer<PortalTokenView> {
    return this.callOperation(operations.redeemPortalLink, [], body, options);
  }

  /**
   * List the keys of your portal session.
   *
   * Requires a login.
   *
   * @returns A page of the end user's keys.
   * @throws {KeywrightError} 403: `portal_session.action_not_allowed`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  listPortalKeys(options?: ListPortalKeysOptions): List<PortalKeyView, PortalKeyPage> {
    return this.listOperation(operations.listPortalKeys, [], undefined, options);
  }

  /**
   * Generate a key in a portal session.
   *
   * It gets the external id, the scopes and the limits of the session. The full key is shown only in this answer.
   *
   * Requires a login.
   *
   * @returns The end user's new key, with the full key.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.scopes_not_held`, `api_key.scopes_not_given`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 403: `portal_session.action_not_allowed`
   * @throws {KeywrightError} 404: `application.not_found`
   * @throws {KeywrightError} 409: `portal_session.key_limit_reached`, `api_key.limit_reached`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  createPortalKey(body: CreatePortalKeyBody, options?: RequestOptions): Answer<CreatedPortalKeyView> {
    return this.callOperation(operations.createPortalKey, [], body, options);
  }

  /**
   * Rotate a key in a portal session.
   *
   * It keeps its id, its settings and its expiry, and gets a new full key, which is shown only in this answer. A key that may do more than the
   * session allows cannot be rotated.
   *
   * Requires a login.
   *
   * @param keyId The key's id.
   * @returns The end user's key, with its new full key.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `portal_session.action_not_allowed`
   * @throws {KeywrightError} 404: `api_key.not_found`
   * @throws {KeywrightError} 409: `api_key.not_rotatable`, `api_key.overlap_running`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  rotatePortalKey(keyId: string, body?: RotatePortalKeyBody, options?: RequestOptions): Answer<RotatedPortalKeyView> {
    return this.callOperation(operations.rotatePortalKey, [keyId], body, options);
  }

  /**
   * Revoke a key in a portal session.
   *
   * It is refused at once and permanently. A key that may do more than the session allows cannot be revoked.
   *
   * Requires a login.
   *
   * @param keyId The key's id.
   * @throws {KeywrightError} 403: `portal_session.action_not_allowed`
   * @throws {KeywrightError} 404: `api_key.not_found`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  revokePortalKey(keyId: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.revokePortalKey, [keyId], undefined, options);
  }

  /**
   * Open a portal session.
   *
   * For a customer of yours who is to manage the own keys, in your page by `<keywright-keys>` and the token, or in this server's page by the URL. A
   * key that opens sessions must name the scope `portal`. The session ends with the login or the key that has opened it.
   *
   * Requires level 4 or above.
   *
   * @returns The session, with its credentials.
   * @throws {KeywrightError} 400: `request.body_missing`, `credential.ambiguous`, `credential.in_query`, `api_key.scopes_not_held`, `api_key.scopes_not_given`
   * @throws {KeywrightError} 403: `access.scope_lacking`, `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`
   */
  open(body: OpenPortalSessionBody, options?: RequestOptions): Answer<OpenedPortalSessionView> {
    return this.callOperation(operations.openPortalSession, [], body, options);
  }

  /**
   * End a portal session.
   *
   * Its token and its link are refused at once. Keys that were created in it go on working.
   *
   * Requires level 4 or above.
   *
   * @param id The portal session's id.
   * @throws {KeywrightError} 400: `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `access.scope_lacking`
   * @throws {KeywrightError} 404: `portal_session.not_found`
   */
  end(id: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.endPortalSession, [id], undefined, options);
  }
}
