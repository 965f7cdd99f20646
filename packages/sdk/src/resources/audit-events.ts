// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  AuditEventPage,
  AuditEventPart,
  AuditEventView,
  AuditTargetType,
  AuditVerificationView,
} from '../document/schemas.js';

/** Options of `auditEvents.list`. */
export interface ListAuditEventsOptions extends RequestOptions {
  /** Only events with this action. Such as `api_key.deleted`. */
  action?: string;
  /** Only events whose target has this type. Such as `api_key`. */
  targetType?: AuditTargetType;
  /** Only events whose target has this id. Such as `f7fa38ec-0e19-405c-820f-bf65912ab4ec`. */
  targetId?: string;
  /**
   * Only events of this account, acting itself or by a key. Such as `0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10`.
   */
  actorId?: string;
  /** Only events at or after this time. Such as `2026-11-21T00:00:00.000Z`. */
  from?: string;
  /**
   * Only events before this time; a date alone is included as a whole. Such as `2026-11-22T00:00:00.000Z`.
   */
  to?: string;
  /**
   * Only events of this merchant. By default those of your merchant; with level 8, those of all merchants. Another merchant's events
   * require level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
  /** The page, from 1. Cannot be combined with a cursor. Such as `1`. */
  page?: number;
  /**
   * Items per page.
   *
   * @default 20
   */
  limit?: number;
  /**
   * The `nextCursor` of the previous response, with the same filter and sort order; an empty cursor begins the list. Continuing takes as long
   * as beginning, however long the list is, and items created meanwhile shift nothing. A part can hold fewer items than `limit`, even none, when
   * many had to be examined. Continue as long as there is a `nextCursor`. Such as `WyJxMnc`.
   */
  cursor?: string;
}

/** Options of `auditEvents.export`. */
export interface ExportAuditEventsOptions extends RequestOptions {
  /** Only events with this action. Such as `api_key.deleted`. */
  action?: string;
  /** Only events whose target has this type. Such as `api_key`. */
  targetType?: AuditTargetType;
  /** Only events whose target has this id. Such as `f7fa38ec-0e19-405c-820f-bf65912ab4ec`. */
  targetId?: string;
  /**
   * Only events of this account, acting itself or by a key. Such as `0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10`.
   */
  actorId?: string;
  /** Only events at or after this time. Such as `2026-11-21T00:00:00.000Z`. */
  from?: string;
  /**
   * Only events before this time; a date alone is included as a whole. Such as `2026-11-22T00:00:00.000Z`.
   */
  to?: string;
  /**
   * Only events of this merchant. By default those of your merchant; with level 8, those of all merchants. Another merchant's events
   * require level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `auditEvents.verify`. */
export interface VerifyAuditEventsOptions extends RequestOptions {
  /**
   * The merchant whose chain to verify, by default your own. Another merchant's chain requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
  /**
   * A head that was stored elsewhere, as `<sequence>:<hash>`. It shows whether the chain has been rewritten or truncated since. Such as `1200:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`.
   */
  head?: string;
}

/** Who did what, in a chain that shows every later change. */
export class AuditEvents extends Resource {
  /**
   * List audit events.
   *
   * The events of your merchant, the newest first; with level 8, of all merchants. In pages, or with `cursor` in parts, which are equally
   * fast for any number of events.
   *
   * Requires level 4 or above.
   *
   * @returns A page of events, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  list(options: ListAuditEventsOptions & { cursor: string }): List<AuditEventView, AuditEventPart>;
  /**
   * List audit events.
   *
   * The events of your merchant, the newest first; with level 8, of all merchants. In pages, or with `cursor` in parts, which are equally
   * fast for any number of events.
   *
   * Requires level 4 or above.
   *
   * @returns A page of events, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  list(options?: ListAuditEventsOptions & { cursor?: undefined }): List<AuditEventView, AuditEventPage>;
  /**
   * List audit events.
   *
   * The events of your merchant, the newest first; with level 8, of all merchants. In pages, or with `cursor` in parts, which are equally
   * fast for any number of events.
   *
   * Requires level 4 or above.
   *
   * @returns A page of events, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  list(options?: ListAuditEventsOptions): List<AuditEventView, AuditEventPage | AuditEventPart>;
  list(options?: ListAuditEventsOptions): List<AuditEventView, AuditEventPage | AuditEventPart> {
    return this.listOperation(operations.listAuditEvents, [], undefined, options);
  }

  /**
   * Export audit events.
   *
   * A line of JSON for each event, the oldest first. An answer that breaks off is incomplete.
   *
   * Requires level 4 or above.
   *
   * @returns A line of JSON for each event.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  export(options?: ExportAuditEventsOptions): AsyncIterable<AuditEventView> {
    return this.readLines(operations.exportAuditEvents, [], undefined, options);
  }

  /**
   * Verify audit events.
   *
   * Follows your merchant's chain from its first event to its last, and reports events that were changed, removed, reordered or inserted.
   * An attacker who can write to the database can also replace the whole chain: to detect that, keep the `head` of the answer elsewhere and
   * send it the next time.
   *
   * Requires level 4 or above.
   *
   * @returns Whether the chain is intact, and what was changed.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  verify(options?: VerifyAuditEventsOptions): Answer<AuditVerificationView> {
    return this.callOperation(operations.verifyAuditEvents, [], undefined, options);
  }
}
