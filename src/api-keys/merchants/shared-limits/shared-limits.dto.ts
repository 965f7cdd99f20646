import { IntersectionType, PickType } from '@nestjs/swagger';
import { PageQuery, PageView } from '../../../platform/http/paging/page.dto.js';
import { KeyLimitsBody, QuotaBody, RateLimitBody } from '../key-settings.dto.js';
import { MerchantQuery } from '../list/keys.dto.js';

/** Selects a page of a merchant's shared limits. */
export class ListSharedLimitsQuery extends IntersectionType(PageQuery, MerchantQuery) {}

/** The limits that all keys with an external id share. At least one of the two must be given; one that is missing or `null` is none. */
export class SharedLimitBody extends PickType(KeyLimitsBody, ['rateLimits', 'quota'] as const) {}

/** The limits that all keys of a merchant with the same external id share, beside the limits of each key. */
export class SharedLimitView {
  /**
   * The external id of the keys.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  externalId: string;

  /**
   * The rate limits, all of which must admit a request; `null` means none.
   * @example [{ "limit": 1000, "windowSeconds": 60 }]
   */
  rateLimits: RateLimitBody[] | null;

  /** The quota; `null` means none. */
  quota: QuotaBody | null;

  /**
   * When the limits were first set.
   * @example "2026-11-21T13:30:00.000Z"
   */
  createdAt: string;

  /**
   * When the limits were last set.
   * @example "2026-11-22T08:15:00.000Z"
   */
  updatedAt: string;
}

export class SharedLimitPage extends PageView {
  /** The shared limits on this page, in the order of their external ids. */
  items: SharedLimitView[];
}
