import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';

/** Ten years. */
const LIFE_MAX_SECONDS = 315_360_000;

/** Rules for how long keys live. */
export class KeyPolicyRulesView {
  /**
   * The longest time from the issue of a full key to its expiry, in seconds; `null` for no maximum. With a maximum, every key must expire.
   * @example 7776000
   */
  maxLifeSeconds: number | null;

  /**
   * The time after which a new key expires whose creator sets no expiry, in seconds; `null` for never.
   * @example 2592000
   */
  defaultLifeSeconds: number | null;

  /**
   * Whether every key must expire.
   * @example true
   */
  expiryRequired: boolean;
}

/** The policy that applies to the merchant's keys: in each respect the stricter of the merchant's own rules and the operator's. */
export class KeyPolicyView extends KeyPolicyRulesView {
  /** What the merchant has set itself. */
  own: KeyPolicyRulesView;

  /** What the operator of this server has set for every merchant. */
  operator: KeyPolicyRulesView;

  /**
   * The number of existing keys that live longer than the policy allows; they stay as they are, and `exceedsPolicy=true` lists them. `null` for
   * a merchant with more than 10,000 keys.
   * @example 3
   */
  exceedingKeys: number | null;
}

/** Changes to the merchant's own rules; missing ones stay as they are. They can only be stricter than the operator's. */
export class UpdateKeyPolicyBody {
  /**
   * The longest time from the issue of a full key to its expiry, in seconds, up to ten years; `null` leaves it to the operator.
   * @example 7776000
   */
  @IsOptional()
  @Min(1)
  @Max(LIFE_MAX_SECONDS)
  @IsInt()
  maxLifeSeconds?: number | null;

  /**
   * The time after which a new key expires whose creator sets no expiry, in seconds, no more than the maximum; `null` leaves it to the
   * operator.
   * @example 2592000
   */
  @IsOptional()
  @Min(1)
  @Max(LIFE_MAX_SECONDS)
  @IsInt()
  defaultLifeSeconds?: number | null;

  /**
   * Whether every key must expire; `false` leaves it to the operator.
   * @example true
   */
  @IsOmittable()
  @IsBoolean()
  expiryRequired?: boolean;
}
