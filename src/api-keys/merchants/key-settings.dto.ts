import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { MAX_LEVEL } from '../../access/levels.js';
import { IsScopes } from '../../platform/validation/scope.js';
import { IsJsonObject } from '../../platform/validation/json-object.js';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { IsNetwork } from '../../platform/validation/networks.js';
import { RATE_LIMITS_MAX } from '../rate-limits.js';
import { IsText } from '../../platform/validation/text.js';
import { IsLastMoment } from '../../platform/validation/time.js';

/** Ten years. */
export const EXPIRY_MAX_SECONDS = 315_360_000;

const METADATA_MAX_BYTES = 4096;

/** The maximum length of an external id, in characters. */
export const EXTERNAL_ID_MAX = 255;

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
  /** The rate limit of the key; `null` means no limit. A shorthand for `rateLimits` with one limit, which it excludes. */
  @IsOptional()
  @ValidateNested()
  @IsObject()
  @Type(() => RateLimitBody)
  rateLimit?: RateLimitBody | null;

  /**
   * One to four rate limits of the key, each of another window; `null` means no limit. All of them must admit a request, and one that any of
   * them refuses uses up none.
   * @example [{ "limit": 10, "windowSeconds": 1 }, { "limit": 1000, "windowSeconds": 3600 }]
   */
  @IsOptional()
  @ValidateNested({ each: true })
  @IsObject({ each: true })
  @ArrayMaxSize(RATE_LIMITS_MAX)
  @ArrayNotEmpty()
  @IsArray()
  @Type(() => RateLimitBody)
  rateLimits?: RateLimitBody[] | null;

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
  @IsScopes()
  scopes?: string[] | null;

  /**
   * The number of seconds until the key expires, up to ten years or the maximum of the key policy. The default for a new key is the default
   * of the key policy.
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
   * Your own id for what the key stands for, such as one of your customers: a text of up to 255 characters. `null` means none. Several keys
   * may have the same. Lists find keys by it, and a verification returns it.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  @IsOptional()
  @IsText(EXTERNAL_ID_MAX)
  externalId?: string | null;

  /**
   * Whether the key may rotate itself, by `POST /api/v1/keys/rotate` with its full key as the credential. The default for a new key is `false`.
   * @example true
   */
  @IsOmittable()
  @IsBoolean()
  selfRotate?: boolean;

  /**
   * Your own data about the key: an object of up to 4096 bytes as JSON. `null` means none. A verification returns it.
   * @example { "owner": "checkout" }
   */
  @IsOptional()
  @IsJsonObject(METADATA_MAX_BYTES)
  metadata?: object | null;
}
