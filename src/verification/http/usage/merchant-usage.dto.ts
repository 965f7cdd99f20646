import { IntersectionType, OmitType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { EXTERNAL_ID_MAX } from '../../../api-keys/merchants/key-settings.dto.js';
import { MerchantQuery } from '../../../api-keys/merchants/list/keys.dto.js';
import { QueryFlag, QueryNumber } from '../../../platform/http/paging/page.dto.js';
import { IsText } from '../../../platform/validation/text.js';
import { IsId } from '../../../platform/validation/uuid.js';
import { UsageIntervalView, UsageQuery } from './usage.dto.js';

/** The part of a merchant's usage to read. */
export class MerchantUsageQuery extends IntersectionType(OmitType(UsageQuery, ['interval'] as const), MerchantQuery) {
  /**
   * Whether to count the keys of all merchants, which requires level 5. It cannot be combined with `merchantId`. The default is `false`.
   * @example false
   */
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  allMerchants?: boolean;

  /**
   * Only keys of this application.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsId()
  application?: string;

  /**
   * Only keys that had exactly this external id when they were verified.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  @IsOptional()
  @IsText(EXTERNAL_ID_MAX)
  externalId?: string;

  /**
   * The length of the intervals; `hour` by default. Groups by key are counted in days: with `groupBy=key` the interval is `day`.
   * @example "day"
   */
  @IsOptional()
  @IsIn(['hour', 'day'])
  interval?: 'hour' | 'day';

  /**
   * What `groups` holds a count for: each outcome, each application, or each key. The default is `outcome`.
   * @example "application"
   */
  @IsOptional()
  @IsIn(['outcome', 'application', 'key'])
  groupBy?: 'outcome' | 'application' | 'key';

  /**
   * The number of groups, those with the most verifications first; from 1 to 100. The default is 10.
   * @example 10
   */
  @QueryNumber()
  @Min(1)
  @Max(100)
  @IsInt()
  limit: number = 10;
}

/** The verifications of an outcome, an application or a key in the whole period. */
export class UsageGroupView {
  /**
   * The outcome, the id of the application (`null` for the keys without one), or the id of the key.
   * @example "VALID"
   */
  id: string | null;

  /**
   * The number of verifications.
   * @example 1203
   */
  total: number;

  /**
   * The number of verifications by outcome. Outcomes that did not occur are left out.
   * @example { "VALID": 1200, "RATE_LIMITED": 3 }
   */
  counts: Record<string, number>;
}

/** The number of verifications of many keys. Verifications are counted with a delay of a few seconds. */
export class MerchantUsageView {
  /**
   * The id of the merchant whose keys are counted; `null` for those of all merchants.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  merchantId: string | null;

  /**
   * The start of the first interval (UTC).
   * @example "2026-11-21T13:00:00.000Z"
   */
  from: string;

  /**
   * The end of the last interval (UTC).
   * @example "2026-11-28T14:00:00.000Z"
   */
  to: string;

  /** The length of the intervals. */
  interval: 'hour' | 'day';

  /** What the groups are. */
  groupBy: 'outcome' | 'application' | 'key';

  /**
   * The number of verifications in the whole period.
   * @example 1203
   */
  total: number;

  /**
   * The number of verifications in the whole period by outcome. Outcomes that did not occur are left out.
   * @example { "VALID": 1200, "RATE_LIMITED": 3 }
   */
  counts: Record<string, number>;

  /** The intervals with at least one verification, in chronological order. */
  intervals: UsageIntervalView[];

  /** The groups with the most verifications, in descending order. */
  groups: UsageGroupView[];
}
