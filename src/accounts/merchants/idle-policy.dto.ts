import { IsInt, IsOptional, Max, Min } from 'class-validator';

const DAYS_MAX = 3650;

/** What becomes of keys that nobody uses. */
export class IdlePolicyView {
  /**
   * Days without use or change after which you are told of a key; 0 is never.
   * @example 90
   */
  idleAfterDays: number;

  /**
   * Days without use or change after which it is disabled; 0 is never.
   * @example 120
   */
  disableAfterDays: number;

  /**
   * Days without use or change after which it is deleted; 0 is never.
   * @example 180
   */
  deleteAfterDays: number;
}

/** What changes about it. What is `null` is as the server is configured. */
export class UpdateIdlePolicyBody {
  /**
   * Days without use or change after which you are told of a key; 0 is never.
   * @example 90
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  idleAfterDays?: number | null;

  /**
   * Days after which it is disabled, more than those after which you are told; 0 is never.
   * @example 120
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  disableAfterDays?: number | null;

  /**
   * Days after which it is deleted, more than those after which it is disabled; 0 is never.
   * @example 180
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  deleteAfterDays?: number | null;
}
