// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  DailyUsageView,
  HygieneView,
  MerchantUsageView,
  UsageGrouping,
  UsageInterval,
} from '../document/schemas.js';

/** Options of `insight.readHygiene`. */
export interface ReadHygieneOptions extends RequestOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `insight.readUsage`. */
export interface ReadMerchantUsageOptions extends RequestOptions {
  /**
   * The start of the period. The first interval is the one that contains this time. By default a week before `to`. Such as `2026-11-20T00:00:00Z`.
   */
  from?: string;
  /**
   * The end of the period. The last interval starts before this time; a date alone is included as a whole. By default now. Such as `2026-11-21T00:00:00Z`.
   */
  to?: string;
  /**
   * Whether to count the keys of all merchants, which requires level 5. It cannot be combined with `merchantId`. The default is `false`. Such as `false`.
   */
  allMerchants?: boolean;
  /** Only keys of this application. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`. */
  application?: string;
  /** Only keys that had exactly this external id when they were verified. Such as `cus_9s6XKzkNRiz8i3`. */
  externalId?: string;
  /**
   * The length of the intervals; `hour` by default. Groups by key are counted in days: with `groupBy=key` the interval is `day`. Such as `day`.
   */
  interval?: UsageInterval;
  /**
   * What `groups` holds a count for: each outcome, each application, or each key. The default is `outcome`. Such as `application`.
   */
  groupBy?: UsageGrouping;
  /**
   * The number of groups, those with the most verifications first; from 1 to 100. The default is 10.
   *
   * @default 10
   */
  limit?: number;
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `insight.readDailyUsage`. */
export interface ReadDailyUsageOptions extends RequestOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
  /** The ids of the keys, separated by commas; at most 100. */
  keyIds: string;
  /**
   * The number of days, the last of which is today (UTC); from 1 to 90.
   *
   * @default 30
   */
  days?: number;
}

/** How keys are used, and which of them need attention. */
export class Insight extends Resource {
  /**
   * Find API keys that need attention.
   *
   * Counts the active keys that were exposed, have lost their owner, expire soon or never, or are not used. Each finding has the filter that lists
   * exactly these keys, which bulk operations take as well. With more than 5,000 keys the numbers can be some minutes old: `asOf` shows when they
   * were counted.
   *
   * Requires level 1 or above.
   *
   * @returns The findings, the most urgent first.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  readHygiene(options?: ReadHygieneOptions): Answer<HygieneView> {
    return this.callOperation(operations.readHygiene, [], undefined, options);
  }

  /**
   * Read how often your merchant's API keys were verified.
   *
   * Counts of valid and refused verifications per hour or day (UTC), for at most 400 days: of all keys, of an application's, or of those with an
   * external id. `groups` shows which outcomes, applications or keys were the busiest. Refusals of unknown keys belong to no merchant and are not
   * counted. Personal keys are counted, but groups by key name others' personal keys only if you may read other merchants' keys.
   *
   * Requires level 1 or above.
   *
   * @returns The number of verifications, by interval and outcome, and the busiest groups.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  readUsage(options?: ReadMerchantUsageOptions): Answer<MerchantUsageView> {
    return this.callOperation(operations.readMerchantUsage, [], undefined, options);
  }

  /**
   * Read how often some API keys were verified each day.
   *
   * For the keys of a list that you show: one request instead of one for each key. A day begins at midnight UTC.
   *
   * Requires level 1 or above.
   *
   * @returns The number of verifications of each key, by day.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  readDailyUsage(options: ReadDailyUsageOptions): Answer<DailyUsageView> {
    return this.callOperation(operations.readDailyUsage, [], undefined, options);
  }
}
