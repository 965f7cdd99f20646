import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { PageView, PartQuery } from '../platform/http/paging/page.dto.js';
import { IsMoment, IsText } from '../platform/validation/text.js';

/** A place in a chain, and the hash of the record there in hex. */
export const KEPT_HEAD = /^[1-9]\d{0,14}:[\da-f]{64}$/;

/** Which audit events are meant: those that meet everything that is said. */
export class AuditFilter {
  /**
   * Only this action.
   * @example "api_key.deleted"
   */
  @IsOptional()
  @IsText(40)
  action?: string;

  /**
   * Only what was done to things of this type.
   * @example "api_key"
   */
  @IsOptional()
  @IsIn(['account', 'api_key', 'application', 'import', 'job', 'link', 'merchant', 'service', 'webhook'])
  targetType?: 'account' | 'api_key' | 'application' | 'import' | 'job' | 'link' | 'merchant' | 'service' | 'webhook';

  /**
   * Only what was done to this thing.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  @IsOptional()
  @IsText(36)
  targetId?: string;

  /**
   * Only what this account did, itself or by a key.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  @IsOptional()
  @IsUUID()
  actorId?: string;

  /**
   * Not before this time.
   * @example "2026-11-21T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  from?: string;

  /**
   * Before this time.
   * @example "2026-11-22T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  to?: string;

  /**
   * Another merchant's, for level 8; without it, level 8 sees all.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsUUID()
  merchantId?: string;
}

/** Which audit events are listed. */
export class ListAuditEventsQuery extends IntersectionType(AuditFilter, PartQuery) {}

/** Which merchant's chain is followed, and what is known of it from elsewhere. */
export class VerifyAuditEventsQuery {
  /**
   * Another merchant's, for level 8.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsUUID()
  merchantId?: string;

  /**
   * A head that was kept elsewhere, as `<sequence>:<hash>`: it shows whether the chain was written anew or cut off since.
   * @example "1200:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  @IsOptional()
  @Matches(KEPT_HEAD, { message: 'head must be a place and its hash, like 12:9f86d0…' })
  head?: string;
}

/** Who did something. */
export class AuditActorView {
  /** A visitor is somebody who isn't logged in, the system a scheduled job. */
  kind: 'account' | 'key' | 'visitor' | 'system';

  /**
   * The account's number.
   * @example 61
   */
  accountId: number | null;

  /** The key that was used, if it was one. */
  keyId: string | null;
}

/** What was touched. */
export class AuditTargetView {
  /** @example "api_key" */
  type: string;

  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;
}

/** Something that happened: who did what, when and from where. */
export class AuditEventView {
  /** @example "6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c55" */
  id: string;

  /** @example "api_key.deleted" */
  action: string;

  actor: AuditActorView;

  target: AuditTargetView;

  /** @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11" */
  merchantId: string;

  /**
   * What the change was; never a secret.
   * @example { "reason": "deleted" }
   */
  details: Record<string, unknown>;

  /** @example "127.0.0.1" */
  address: string | null;

  /** @example "curl/7.88.1" */
  userAgent: string | null;

  /** @example "req-1" */
  requestId: string | null;

  /** @example "2026-11-21T13:30:00.000Z" */
  createdAt: string;

  /**
   * Its place in its merchant's chain, from 1, without gaps; `null` for the moment until it is sealed.
   * @example 42
   */
  sequence: number | null;

  /** The hash of the event before in the chain, 64 zeros for the first one; `null` until it is sealed. */
  previousHash: string | null;

  /** SHA-256, in hex, of everything else here in canonical JSON (RFC 8785); `null` until it is sealed. */
  hash: string | null;
}

export class AuditEventPage extends PageView {
  items: AuditEventView[];
}

/** A part of the list, by cursor. */
export class AuditEventPart {
  items: AuditEventView[];

  /**
   * Items that were asked for.
   * @example 20
   */
  limit: number;

  /** Where to go on; `null` at the end. */
  nextCursor: string | null;
}

/** The end of a chain. */
export class AuditHeadView {
  /** @example 42 */
  sequence: number;

  /** @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" */
  hash: string;
}

/** Something that was done to a chain. */
export class AuditProblemView {
  /**
   * A record was changed, removed, moved to another place (`reordered`) or put in (`inserted`); it isn't the one whose hash was kept elsewhere
   * (`rewritten`); or the end that is noted for the chain isn't its last record (`head`).
   */
  kind: 'changed' | 'removed' | 'reordered' | 'inserted' | 'rewritten' | 'head';

  /**
   * The place in the chain.
   * @example 12
   */
  sequence: number;

  /** The event there, if there is one. */
  eventId: string | null;

  /** @example "Record 12 was removed." */
  message: string;
}

/** What became of a merchant's chain. */
export class AuditVerificationView {
  /** Whether there are no problems. */
  valid: boolean;

  /**
   * Events that were looked at.
   * @example 42
   */
  entries: number;

  /**
   * Events that aren't in the chain yet.
   * @example 0
   */
  unsealed: number;

  /** The end of the chain. Keep it elsewhere, and give it again as `head`. */
  head: AuditHeadView | null;

  /** The first of them; after a hundred it isn't looked any further. */
  problems: AuditProblemView[];
}
