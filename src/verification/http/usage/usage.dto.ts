import { IsIn, IsOptional } from 'class-validator';
import { IsEnd, IsMoment } from '../../../platform/validation/time.js';

/** The part of a key's usage to read. */
export class UsageQuery {
  /**
   * The start of the period. The first interval is the one that contains this time. By default a week before `to`.
   * @example "2026-11-20T00:00:00Z"
   */
  @IsOptional()
  @IsMoment()
  from?: string;

  /**
   * The end of the period. The last interval starts before this time; a date alone is included as a whole. By default now.
   * @example "2026-11-21T00:00:00Z"
   */
  @IsOptional()
  @IsEnd()
  to?: string;

  /** The length of the intervals; `hour` by default. */
  @IsOptional()
  @IsIn(['hour', 'day'])
  interval?: 'hour' | 'day';
}

/** The verifications in one interval. */
export class UsageIntervalView {
  /**
   * The start of the interval (UTC).
   * @example "2026-11-21T13:00:00.000Z"
   */
  start: string;

  /**
   * The number of verifications by outcome. Outcomes that did not occur are left out.
   * @example { "VALID": 1200, "RATE_LIMITED": 3 }
   */
  counts: Record<string, number>;
}

/** The number of a key's verifications. Verifications are counted with a delay of a few seconds. */
export class UsageView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  keyId: string;

  /** The length of the intervals. */
  interval: 'hour' | 'day';

  /** The intervals with at least one verification, in chronological order. */
  intervals: UsageIntervalView[];
}
