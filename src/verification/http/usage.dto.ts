import { IsIn, IsOptional } from 'class-validator';
import { IsMoment } from '../../platform/validation/text.js';

/** Which part of a key's usage is asked for. */
export class UsageQuery {
  /**
   * From the interval that holds this time on; a week ago when it isn't said.
   * @example "2026-11-20T00:00:00Z"
   */
  @IsOptional()
  @IsMoment()
  from?: string;

  /**
   * Before this time; now when it isn't said.
   * @example "2026-11-21T00:00:00Z"
   */
  @IsOptional()
  @IsMoment()
  to?: string;

  /** How counts are put together. */
  @IsOptional()
  @IsIn(['hour', 'day'])
  interval?: 'hour' | 'day';
}

/** The verifications of an interval. */
export class UsageIntervalView {
  /**
   * When the interval begins (UTC).
   * @example "2026-11-21T13:00:00.000Z"
   */
  start: string;

  /**
   * Verifications per outcome; an outcome that isn't there didn't happen.
   * @example { "VALID": 1200, "RATE_LIMITED": 3 }
   */
  counts: Record<string, number>;
}

/** How often a key was verified. Counts come a few seconds after the verifications. */
export class UsageView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  keyId: string;

  interval: 'hour' | 'day';

  /** Intervals in which something happened, in their order. */
  intervals: UsageIntervalView[];
}
