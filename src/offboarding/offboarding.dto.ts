import { IsIn, IsOptional, IsUUID } from 'class-validator';

/** What becomes of the merchant's keys that a member made or answers for. */
export class OffboardingQuery {
  /** `true` changes nothing and answers what the member leaves behind. */
  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';

  /** `suspend` disables those that the member made, which counts before the answer comes; by default they go on working. */
  @IsOptional()
  @IsIn(['keep', 'suspend'])
  keys?: 'keep' | 'suspend';

  /**
   * An active member of the same merchant, who answers from now on for those that the member made, and for those of others that the member
   * answered for. Without it, all stays noted as it is.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  @IsOptional()
  @IsUUID()
  responsibleId?: string;
}

/** One of the merchant's keys that a member made or answers for. */
export class LeftKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;

  /** Its first 12 characters, by which to tell it from others. */
  keyPrefix: string;

  /** @example "Production API key for checkout service" */
  description: string;

  surface: 'clients' | 'merchants';

  /** The application it is for; `null` is none. */
  applicationId: string | null;

  isEnabled: boolean;

  /** @example "2026-02-23T13:30:00.000Z" */
  createdAt: string;

  /** The latest good use; `null` is none yet. */
  lastUsedAt: string | null;
}

/** What a member would leave behind. */
export class OffboardingView {
  /** The merchant's keys that the member made, oldest first, at most 100. */
  keys: LeftKeyView[];

  /**
   * How many there are in all.
   * @example 1
   */
  totalKeys: number;

  /** The merchant's keys that others made and this member answers for since their makers left, oldest first, at most 100. */
  responsibleFor: LeftKeyView[];

  /**
   * How many there are in all.
   * @example 0
   */
  totalResponsibleFor: number;

  /**
   * The member's personal keys that would end.
   * @example 2
   */
  personalKeysEnding: number;
}
