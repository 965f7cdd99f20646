import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery, PageView } from '../http/page.dto.js';
import { IsMoment, IsText } from '../http/text.js';

/** Which audit events are listed. */
export class ListAuditEventsQuery extends PageQuery {
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
  @IsIn(['account', 'api_key', 'application', 'import', 'link', 'merchant', 'service'])
  targetType?: 'account' | 'api_key' | 'application' | 'import' | 'link' | 'merchant' | 'service';

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
}

export class AuditEventPage extends PageView {
  items: AuditEventView[];
}
