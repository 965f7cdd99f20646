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
import { PageView } from '../http/page.dto.js';
import { IsMoment, IsNetwork, IsText } from '../http/text.js';

/** Requests in a window of time. */
export class RateLimitBody {
  /**
   * Requests per window.
   * @example 100
   */
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  limit: number;

  /**
   * Seconds, up to a day.
   * @example 60
   */
  @IsInt()
  @Min(1)
  @Max(86_400)
  windowSeconds: number;
}

/** Requests in a calendar day or month (UTC). */
export class QuotaBody {
  /**
   * Requests per period.
   * @example 100000
   */
  @IsInt()
  @Min(1)
  @Max(2_000_000_000)
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

/** A key to make for an application. */
export class CreateApplicationKeyBody extends KeyLimitsBody {
  /**
   * What the key is for, 1 to 50 characters.
   * @example "Production API key for checkout service"
   */
  @IsText(50)
  description: string;
}

/** What changes about a key. A narrowing counts before the answer comes. */
export class UpdateApplicationKeyBody extends KeyLimitsBody {
  /**
   * What the key is for, 1 to 50 characters.
   * @example "Production API key for checkout service"
   */
  @IsOptional()
  @IsText(50)
  description?: string;

  /** `false` has the key refused at once; `true` brings it back. */
  @IsOptional()
  @IsBoolean()
  isEnabled?: boolean;

  /**
   * When it ends, which may be now; `null` is never.
   * @example "2027-01-01T00:00:00Z"
   */
  @IsOptional()
  @IsMoment()
  expiresAt?: string | null;
}

/** A key at the only moment that it is shown in full. */
export class CreatedApplicationKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;

  /** @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11" */
  applicationId: string;

  /**
   * The key, for `Authorization: Bearer`. Save it: it is never shown again.
   * @example "ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"
   */
  fullKey: string;

  /**
   * Its first 12 characters, by which to tell it from others.
   * @example "ks_live_abc1"
   */
  keyPrefix: string;

  /** @example "Production API key for checkout service" */
  description: string;

  /** @example "2026-02-23T13:30:00.000Z" */
  createdAt: string;

  /** Only where it was asked for. */
  rateLimit?: RateLimitBody | null;

  /** Only where it was asked for. */
  quota?: QuotaBody | null;

  /** Only where it was asked for. */
  allowedIps?: string[] | null;
}

/** A key of an application. */
export class ApplicationKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;

  /** @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11" */
  applicationId: string;

  /** @example "ks_live_abc1" */
  keyPrefix: string;

  /**
   * The full key's last characters; `null` for a key from before they were kept.
   * @example "HECK"
   */
  lastFour: string | null;

  /** @example "Production API key for checkout service" */
  description: string;

  /**
   * What it may do, 0 to 8.
   * @example 4
   */
  level: number;

  /** What it is limited to; `null` is no limit. */
  scopes: string[] | null;

  /** Whether it is accepted. */
  status: 'active' | 'disabled' | 'expired';

  /** @example "2026-02-23T13:30:00.000Z" */
  createdAt: string;

  /** When it ends; `null` is never. */
  expiresAt: string | null;

  /** The latest good use; `null` is none yet. */
  lastUsedAt: string | null;

  /** Requests in a window of time; `null` is no limit. */
  rateLimit: RateLimitBody | null;

  /** Requests in a calendar day or month (UTC); `null` is no limit. */
  quota: QuotaBody | null;

  /** Where it may be used from; `null` is anywhere. */
  allowedIps: string[] | null;
}

export class ApplicationKeyPage extends PageView {
  items: ApplicationKeyView[];
}
