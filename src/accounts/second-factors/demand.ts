import type { Config } from '../../platform/config/config.js';
import type { Account } from '../account.entity.js';
import type { Merchant } from '../merchant.entity.js';

/** Returns whether an account must have a second factor, because its merchant or the operator demands one. */
export const isSecondFactorDemanded = (
  { level }: Pick<Account, 'level'>,
  { secondFactorDemandedAt }: Pick<Merchant, 'secondFactorDemandedAt'>,
  { REQUIRE_SECOND_FACTOR_LEVEL: demandedFrom = Infinity }: Pick<Config, 'REQUIRE_SECOND_FACTOR_LEVEL'>,
): boolean => secondFactorDemandedAt !== null || level >= demandedFrom;
