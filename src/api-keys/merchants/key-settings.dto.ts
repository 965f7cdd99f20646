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
import { SCOPE, SCOPE_MAX_LENGTH } from '../permissions/scopes.js';
import { IsJsonObject } from '../../platform/validation/json-object.js';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { IsNetwork } from '../../platform/validation/networks.js';
import { IsMoment } from '../../platform/validation/text.js';

/** Ten years. */
const EXPIRY_MAX_SECONDS = 315_360_000;

const METADATA_MAX_BYTES = 4096;

/** Requests in a window of time. */
export class RateLimitBody {
  /**
   * Requests per window.
   * @example 100
   */
  @Min(1)
  @Max(1_000_000_000)
  @IsInt()
  limit: number;

  /**
   * Seconds, up to a day.
   * @example 60
   */
  @Min(1)
  @Max(86_400)
  @IsInt()
  windowSeconds: number;
}

/** Requests in a calendar day or month (UTC). */
export class QuotaBody {
  /**
   * Requests per period.
   * @example 100000
   */
  @Min(1)
  @Max(2_000_000_000)
  @IsInt()
  limit: number;

  @IsIn(['day', 'month'])
  period: 'day' | 'month';
}

/** What a key is limited to; `null` takes a limit away. */
export class KeyLimitsBody {
  /** Requests in a window of time. */
  @IsOptional()
  @ValidateNested()
  @IsObject()
  @Type(() => RateLimitBody)
  rateLimit?: RateLimitBody | null;

  /** Requests in a calendar day or month (UTC). */
  @IsOptional()
  @ValidateNested()
  @IsObject()
  @Type(() => QuotaBody)
  quota?: QuotaBody | null;

  /**
   * Addresses and networks (CIDR) that it may be used from.
   * @example ["203.0.113.0/24"]
   */
  @IsOptional()
  @IsNetwork()
  @ArrayMaxSize(50)
  @ArrayNotEmpty()
  @IsArray()
  allowedIps?: string[] | null;
}

/** What can be said about a key beside what it is for. */
export class KeySettingsBody extends KeyLimitsBody {
  /**
   * What it may do, 0 to 8, never more than you may.
   * @example 4
   */
  @IsOmittable()
  @Min(0)
  @Max(MAX_LEVEL)
  @IsInt()
  level?: number;

  /**
   * What it is narrowed to: names with colons between them, the last of which may be `*`. `null` is no limit.
   * @example ["payments:write", "refunds:*"]
   */
  @IsOptional()
  @MaxLength(SCOPE_MAX_LENGTH, { each: true })
  @Matches(SCOPE, { each: true, message: 'each of $property must be like payments:write or payments:*' })
  @ArrayMaxSize(50)
  @ArrayNotEmpty()
  @IsArray()
  scopes?: string[] | null;

  /**
   * Seconds from now until it ends, up to ten years.
   * @example 2592000
   */
  @IsOmittable()
  @Min(1)
  @Max(EXPIRY_MAX_SECONDS)
  @IsInt()
  expiresInSeconds?: number;

  /**
   * When it ends, in place of the seconds; `null` is never.
   * @example "2036-01-01T00:00:00Z"
   */
  @IsOptional()
  @IsMoment()
  expiresAt?: string | null;

  /**
   * Whatever you want to remember with it: an object of up to 4096 bytes as JSON. `null` is nothing.
   * @example { "owner": "checkout" }
   */
  @IsOptional()
  @IsJsonObject(METADATA_MAX_BYTES)
  metadata?: object | null;
}
