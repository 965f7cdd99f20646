import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { IsQueryFlag } from '../platform/validation/query-flag.js';

/** The treatment of the merchant's keys that a member created or is responsible for. */
export class OffboardingQuery {
  /** `true` changes nothing and returns the keys that the member would leave behind. */
  @IsOptional()
  @IsQueryFlag()
  dryRun?: boolean;

  /** `suspend` disables the keys that the member created, on every instance, before the response is sent; by default they remain valid. None of them may be above your level. */
  @IsOptional()
  @IsIn(['keep', 'suspend'])
  keys?: 'keep' | 'suspend';

  /**
   * An active member of the same merchant, who becomes responsible for the keys that the member created or was responsible for. Without it,
   * responsibilities stay as they are.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  @IsOptional()
  @IsUUID()
  responsibleId?: string;
}

/** A key of the merchant that a member created or is responsible for. */
export class LeftKeyView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  id: string;

  /** The first 12 characters of the key, which identify it. */
  keyPrefix: string;

  /**
   * What the key is for.
   * @example "Production API key for checkout service"
   */
  description: string;

  /** The surface on which the key was created. */
  surface: 'clients' | 'merchants';

  /** The application that the key is for; `null` for none. */
  applicationId: string | null;

  /** Whether the key is enabled. */
  isEnabled: boolean;

  /**
   * When the key was created.
   * @example "2026-02-23T13:30:00.000Z"
   */
  createdAt: string;

  /** When the key was last used; `null` if it never was. */
  lastUsedAt: string | null;
}

/** The keys that a member would leave behind. */
export class OffboardingView {
  /** The merchant's keys that the member created, oldest first, at most 100. */
  keys: LeftKeyView[];

  /**
   * Their total number.
   * @example 1
   */
  totalKeys: number;

  /** The merchant's keys that others created before they left and that this member is responsible for, oldest first, at most 100. */
  responsibleFor: LeftKeyView[];

  /**
   * Their total number.
   * @example 0
   */
  totalResponsibleFor: number;

  /**
   * The number of the member's personal keys that would be revoked.
   * @example 2
   */
  personalKeysEnding: number;
}
