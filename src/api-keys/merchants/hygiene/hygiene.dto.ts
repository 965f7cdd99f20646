import { KeyFilter } from '../list/key-filter.dto.js';

/** The numbers of a merchant's keys by status, as the `status` of lists selects them. */
export class KeyCountsView {
  /**
   * The id of the merchant.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  merchantId: string;

  /**
   * When the keys were counted.
   * @example "2026-11-21T13:30:00.000Z"
   */
  asOf: string;

  /**
   * The number of all keys: the sum of those that are active, disabled and expired.
   * @example 120
   */
  total: number;

  /**
   * The number of keys that are enabled and have not expired.
   * @example 100
   */
  active: number;

  /**
   * The number of keys that are not enabled.
   * @example 15
   */
  disabled: number;

  /**
   * The number of keys that are enabled but have expired.
   * @example 5
   */
  expired: number;

  /**
   * Of the active keys, the number of those that expire within 30 days.
   * @example 8
   */
  expiring: number;

  /**
   * Of the active keys, the number of those that have not been used for 90 days or at all.
   * @example 20
   */
  unused: number;

  /**
   * Of the active keys, the number of those with a previous full key that is still valid.
   * @example 2
   */
  rotating: number;
}

/** Keys that need attention for one reason. All of them are active. */
export class HygieneFindingView {
  /**
   * The reason. `exposed`: the full key was found where others can read it. `plainHttp`: it was sent over plain HTTP. `ownerGone`: the
   * account that is responsible for the key is disabled, or has been deleted. `expiring`: the key expires within 30 days. `neverExpires`: it never
   * expires. `overScoped`: it was used within 90 days, but only for some of its scopes. `idle`: it was used, but not for 90 days. `neverUsed`: it has never been used.
   * @example "idle"
   */
  kind: 'exposed' | 'plainHttp' | 'ownerGone' | 'expiring' | 'neverExpires' | 'overScoped' | 'idle' | 'neverUsed';

  /**
   * The number of keys.
   * @example 12
   */
  count: number;

  /** The filter that selects these keys, for lists, the export and bulk operations. */
  filter: KeyFilter;

  /**
   * The path of the list of these keys.
   * @example "/api/v1/api-keys?status=active&neverUsed=true"
   */
  list: string;
}

/** Which of a merchant's keys need attention. */
export class HygieneView {
  /**
   * The id of the merchant.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  merchantId: string;

  /**
   * When the keys were counted. The filters select the keys that the reasons apply to when they are used.
   * @example "2026-11-21T13:30:00.000Z"
   */
  asOf: string;

  /**
   * The number of active keys, for comparison.
   * @example 100
   */
  active: number;

  /** All reasons, the most urgent first, with a count of 0 where no key is affected. */
  findings: HygieneFindingView[];
}
