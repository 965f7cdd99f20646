import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageView, PartQuery } from '../platform/http/paging/page.dto.js';
import { IsText } from '../platform/validation/text.js';
import { IsEnd, IsMoment } from '../platform/validation/time.js';
import { IsId, UuidInLowerCase } from '../platform/validation/uuid.js';

/** The head of a chain: a position, and the hash of the record there in hex. */
export const KEPT_HEAD = /^[1-9]\d{0,14}:[\da-f]{64}$/;

/** A filter of audit events. An event must meet all its conditions. */
export class AuditFilter {
  /**
   * Only events with this action.
   * @example "api_key.deleted"
   */
  @IsOptional()
  @IsText(40)
  action?: string;

  /**
   * Only events whose target has this type.
   * @example "api_key"
   */
  @IsOptional()
  @IsIn(['account', 'api_key', 'application', 'import', 'job', 'link', 'merchant', 'service', 'webhook'])
  targetType?: 'account' | 'api_key' | 'application' | 'import' | 'job' | 'link' | 'merchant' | 'service' | 'webhook';

  /**
   * Only events whose target has this id.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  @IsOptional()
  @IsText(36)
  @UuidInLowerCase()
  targetId?: string;

  /**
   * Only events of this account, acting itself or by a key.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  @IsOptional()
  @IsId()
  actorId?: string;

  /**
   * Only events at or after this time.
   * @example "2026-11-21T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  from?: string;

  /**
   * Only events before this time; a date alone is included as a whole.
   * @example "2026-11-22T00:00:00.000Z"
   */
  @IsOptional()
  @IsEnd()
  to?: string;

  /**
   * Only events of this merchant. By default those of your merchant; with level 8, those of all merchants. Another merchant's events
   * require level 8.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsId()
  merchantId?: string;
}

/** The audit events to list. */
export class ListAuditEventsQuery extends IntersectionType(AuditFilter, PartQuery) {}

/** The chain to verify, and a head of it that was stored elsewhere. */
export class VerifyAuditEventsQuery {
  /**
   * The merchant whose chain to verify, by default your own. Another merchant's chain requires level 8.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsId()
  merchantId?: string;

  /**
   * A head that was stored elsewhere, as `<sequence>:<hash>`. It shows whether the chain has been rewritten or truncated since.
   * @example "1200:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  @IsOptional()
  @Matches(KEPT_HEAD, { message: 'head must be a sequence number and a hash, like 12:9f86d0…' })
  head?: string;
}

/** The actor of an event. */
export class AuditActorView {
  /** `account`, `key`, `visitor` (a caller that is not logged in) or `system` (a scheduled job). */
  kind: 'account' | 'key' | 'visitor' | 'system';

  /**
   * The account's integer id.
   * @example 61
   */
  accountId: number | null;

  /** The id of the key that was used; `null` if the actor did not use a key. */
  keyId: string | null;

  /**
   * The id of the account in the list of members; `null` if the actor has no account. Absent from events of earlier versions.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  memberId?: string | null;

  /**
   * The username that the account had; `null` if the actor has no account. Absent from events of earlier versions.
   * @example "ada@shop.example"
   */
  username?: string | null;
}

/** The target of an event. */
export class AuditTargetView {
  /**
   * What kind of thing it is.
   * @example "api_key"
   */
  type: string;

  /**
   * Its id: a UUID, or the number of a job or a link.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  id: string;
}

/** An audit event: who did what, when and from where. */
export class AuditEventView {
  /**
   * The id of the event.
   * @example "6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c55"
   */
  id: string;

  /**
   * What happened.
   * @example "api_key.deleted"
   */
  action: string;

  /** Who did it. */
  actor: AuditActorView;

  /** What it was done to. */
  target: AuditTargetView;

  /**
   * The id of the merchant in whose audit trail the event is.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  merchantId: string;

  /**
   * The details of the event; never a secret.
   * @example { "reason": "deleted" }
   */
  details: Record<string, unknown>;

  /**
   * The address that the request came from; `null` for a job.
   * @example "127.0.0.1"
   */
  address: string | null;

  /**
   * The `User-Agent` of the request; `null` if there was none.
   * @example "curl/7.88.1"
   */
  userAgent: string | null;

  /**
   * The id of the request, as in `X-Request-Id`; `null` for a job.
   * @example "req-1"
   */
  requestId: string | null;

  /**
   * What `personalDigest` is salted with; `null` once the personal data is erased. Absent from events of earlier versions.
   * @example "t2Zr0mCqj5c8yq0bq5w3Qg"
   */
  personalSalt?: string | null;

  /**
   * SHA-256, in hex, of `personalSalt` and then, in canonical JSON (RFC 8785), the event's `username` (of its actor), `address`, `userAgent` and, as
   * `details`, those of its details that identify a person. Absent from events of earlier versions.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  personalDigest?: string;

  /**
   * When it happened.
   * @example "2026-11-21T13:30:00.000Z"
   */
  createdAt: string;

  /**
   * The event's position in its merchant's chain, starting at 1 without gaps; `null` until the event is sealed, a moment later.
   * @example 42
   */
  sequence: number | null;

  /** The hash of the previous event in the chain, 64 zeros for the first one; `null` until the event is sealed. */
  previousHash: string | null;

  /**
   * SHA-256, in hex, of all other properties in canonical JSON (RFC 8785); `null` until the event is sealed. Where there is a `personalDigest`, it stands
   * for the personal data: the hash is made without `personalSalt`, and with `null` for each of the data.
   */
  hash: string | null;
}

export class AuditEventPage extends PageView {
  /** The events on this page. */
  items: AuditEventView[];
}

/** A part of the list, by cursor. */
export class AuditEventPart {
  /** The events in this part. */
  items: AuditEventView[];

  /**
   * The number of items that were requested.
   * @example 20
   */
  limit: number;

  /** The cursor of the next part; `null` at the end of the list. */
  nextCursor: string | null;
}

/** The head of a chain: the position and the hash of its last record. */
export class AuditHeadView {
  /**
   * The position in the chain, from 1.
   * @example 42
   */
  sequence: number;

  /**
   * SHA-256 of the record, in hex.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  hash: string;
}

/** A problem that was found in a chain. */
export class AuditProblemView {
  /**
   * A record was changed, removed, moved to another position (`reordered`) or inserted; the record does not have the hash that was stored
   * elsewhere (`rewritten`); or the chain's stored head does not match its last record (`head`).
   */
  kind: 'changed' | 'removed' | 'reordered' | 'inserted' | 'rewritten' | 'head';

  /**
   * The position in the chain.
   * @example 12
   */
  sequence: number;

  /** The id of the event at that position; `null` if there is none. */
  eventId: string | null;

  /**
   * The problem, in a sentence.
   * @example "Record 12 was removed."
   */
  message: string;
}

/** The result of verifying a merchant's chain. */
export class AuditVerificationView {
  /** Whether no problems were found. */
  valid: boolean;

  /**
   * The number of events that were checked.
   * @example 42
   */
  entries: number;

  /**
   * The number of events that are not sealed yet.
   * @example 0
   */
  unsealed: number;

  /**
   * The number of events whose personal data was erased.
   * @example 0
   */
  erased: number;

  /** The head of the chain; `null` if the chain is empty. Store it elsewhere, and pass it as `head` to the next verification. */
  head: AuditHeadView | null;

  /** The problems that were found, a hundred at most. */
  problems: AuditProblemView[];
}
