import { IsInt, Matches, Max, Min } from 'class-validator';
import { MerchantQuery } from '../../../api-keys/merchants/list/keys.dto.js';
import { QueryNumber } from '../../../platform/http/paging/page.dto.js';

/** Ids of keys, separated by commas. */
const KEY_IDS = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(,[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}){0,99}$/i;

/** The keys and days to report. */
export class DailyUsageQuery extends MerchantQuery {
  /**
   * The ids of the keys, separated by commas; at most 100.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec,0b6b1f0a-6a0c-4f0e-8f43-8d2a3f0f9e52"
   */
  @Matches(KEY_IDS, { message: '$property must be ids of keys separated by commas, at most 100' })
  keyIds: string;

  /**
   * The number of days, the last of which is today (UTC); from 1 to 90.
   * @example 30
   */
  @QueryNumber()
  @Min(1)
  @Max(90)
  @IsInt()
  days: number = 30;
}

/** The number of a key's verifications on each day. */
export class KeyDaysView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  keyId: string;

  /**
   * The number of verifications on all days.
   * @example 1203
   */
  total: number;

  /**
   * The number of verifications on each day, whatever their outcome, in chronological order.
   * @example [0, 600, 603]
   */
  days: number[];
}

/** The number of some keys' verifications on each day. Verifications are counted with a delay of a few seconds. */
export class DailyUsageView {
  /**
   * The start of the first day (UTC).
   * @example "2026-11-19T00:00:00.000Z"
   */
  from: string;

  /**
   * The end of the last day (UTC).
   * @example "2026-11-22T00:00:00.000Z"
   */
  to: string;

  /** The keys, in the order in which they were asked for. Keys without verifications on these days, and keys that you may not read, are left out. */
  items: KeyDaysView[];
}
