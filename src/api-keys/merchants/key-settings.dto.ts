import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MAX_LEVEL } from '../../access/levels.js';
import { SCOPE, SCOPE_MAX_LENGTH, SCOPES_MAX } from '../../platform/validation/scope.js';
import { IsJsonObject } from '../../platform/validation/json-object.js';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { IsNetwork } from '../../platform/validation/networks.js';
import { IsLastMoment } from '../../platform/validation/time.js';

/** Ten years. */
const EXPIRY_MAX_SECONDS = 315_360_000;

const METADATA_MAX_BYTES = 4096;

/** A limit of requests per time window. */
export class RateLimitBody {
  /**
   * The number of requests per window.
   * @example 100
   */
  @Min(1)
  @Max(1_000_000_000)
  @IsInt()
  limit: number;

  /**
   * The length of the window in seconds, up to a day.
   * @example 60
   */
  @Min(1)
  @Max(86_400)
  @IsInt()
  windowSeconds: number;
}

/** A limit of requests per calendar day or month (UTC). */
export class QuotaBody {
  /**
   * The number of requests per period.
   * @example 100000
   */
  @Min(1)
  @Max(2_000_000_000)
  @IsInt()
  limit: number;

  /** The period, which begins at midnight UTC: a calendar day, or a calendar month. */
  @IsIn(['day', 'month'])
  period: 'day' | 'month';
}

/** The limits of a key. `null` removes a limit. */
export class KeyLimitsBody {
  /** The rate limit of the key; `null` means no limit. */
  @IsOptional()
  @ValidateNested()
  @IsObject()
  @Type(() => RateLimitBody)
  rateLimit?: RateLimitBody | null;

  /** The quota of the key; `null` means no limit. */
  @IsOptional()
  @ValidateNested()
  @IsObject()
  @Type(() => QuotaBody)
  quota?: QuotaBody | null;

  /**
   * The addresses and networks (CIDR) that the key may be used from; `null` means any.
   * @example ["203.0.113.0/24"]
   */
  @IsOptional()
  @IsNetwork()
  @ArrayMaxSize(50)
  @ArrayNotEmpty()
  @IsArray()
  allowedIps?: string[] | null;
}

/** The settings of a key besides its description. */
export class KeySettingsBody extends KeyLimitsBody {
  /**
   * The level of the key, 0 to 8, which bounds what it may do. It must not exceed your own.
   * @example 4
   */
  @IsOmittable()
  @Min(0)
  @Max(MAX_LEVEL)
  @IsInt()
  level?: number;

  /**
   * The scopes that the key is restricted to. A scope consists of names separated by colons, the last of which may be `*`. `null` means no
   * restriction.
   * @example ["payments:write", "refunds:*"]
   */
  @IsOptional()
  @MaxLength(SCOPE_MAX_LENGTH, { each: true })
  @Matches(SCOPE, { each: true, message: 'each value in $property must be a scope, like payments:write or payments:*' })
  @ArrayMaxSize(SCOPES_MAX)
  @ArrayNotEmpty()
  @IsArray()
  scopes?: string[] | null;

  /**
   * The number of seconds until the key expires, up to ten years.
   * @example 2592000
   */
  @IsOmittable()
  @Min(1)
  @Max(EXPIRY_MAX_SECONDS)
  @IsInt()
  expiresInSeconds?: number;

  /**
   * When the key expires, as an alternative to `expiresInSeconds`; `null` means never. A date alone means its last moment (UTC).
   * @example "2036-01-01T00:00:00Z"
   */
  @IsOptional()
  @IsLastMoment()
  expiresAt?: string | null;

  /**
   * Your own data about the key: an object of up to 4096 bytes as JSON. `null` means none.
   * @example { "owner": "checkout" }
   */
  @IsOptional()
  @IsJsonObject(METADATA_MAX_BYTES)
  metadata?: object | null;
}
