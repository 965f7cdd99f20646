import { IsInt, IsOptional, Max, Min } from 'class-validator';

const DAYS_MAX = 3650;

/** The treatment of idle keys. */
export class IdlePolicyView {
  /**
   * Days without use or change after which you are notified of an idle key; 0 is never.
   * @example 90
   */
  idleAfterDays: number;

  /**
   * Days without use or change after which an idle key is disabled; 0 is never.
   * @example 120
   */
  disableAfterDays: number;

  /**
   * Days without use or change after which an idle key is deleted; 0 is never.
   * @example 180
   */
  deleteAfterDays: number;
}

/** Changes to the policy; `null` restores the server's default. */
export class UpdateIdlePolicyBody {
  /**
   * Days without use or change after which you are notified of an idle key; 0 is never.
   * @example 90
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  idleAfterDays?: number | null;

  /**
   * Days after which an idle key is disabled, more than until the notification; 0 is never.
   * @example 120
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  disableAfterDays?: number | null;

  /**
   * Days after which an idle key is deleted, more than until it is disabled; 0 is never.
   * @example 180
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  deleteAfterDays?: number | null;
}
