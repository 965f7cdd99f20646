import { IsBoolean, IsIn } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { PageView } from '../../platform/http/paging/page.dto.js';
import { IsText } from '../../platform/validation/text.js';
import { KeySettingsBody, QuotaBody, RateLimitBody } from './key-settings.dto.js';

/** Bodies to begin with: of the fields of a key some exclude each other. */
export const CREATE_EXAMPLES = {
  key: { value: { description: 'Production API key for checkout service' } },
  narrowKey: {
    value: {
      description: 'Refunds of the UK store',
      level: 2,
      scopes: ['payments:read', 'refunds:*'],
      expiresInSeconds: 2_592_000,
      allowedIps: ['203.0.113.0/24'],
    },
  },
};

export const UPDATE_EXAMPLES = {
  narrower: { value: { level: 2, scopes: ['payments:read'], expiresInSeconds: 2_592_000 } },
  disabled: { value: { isEnabled: false } },
};

/** A key to make for an application. */
export class CreateApplicationKeyBody extends KeySettingsBody {
  /**
   * What the key is for, 1 to 50 characters.
   * @example "Production API key for checkout service"
   */
  @IsText(50)
  description: string;
}

/** A key to make for the merchant itself. */
export class CreateMerchantKeyBody extends CreateApplicationKeyBody {
  /** Whether it begins with `ks_live_`, which it does unless it is said otherwise, or with `ks_test_`. */
  @IsOmittable()
  @IsIn(['live', 'test'])
  environment?: 'live' | 'test';
}

/** What changes about a key. A narrowing counts before the answer comes; an end may be in the past. */
export class UpdateApplicationKeyBody extends KeySettingsBody {
  /**
   * What the key is for, 1 to 50 characters.
   * @example "Production API key for checkout service"
   */
  @IsOmittable()
  @IsText(50)
  description?: string;

  /** `false` has the key refused at once; `true` brings it back. */
  @IsOmittable()
  @IsBoolean()
  isEnabled?: boolean;
}

/** A key at the only moment that it is shown in full. */
export class CreatedApplicationKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;

  /**
   * The application it is for; `null` for a key of the merchant itself.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  applicationId: string | null;

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
  environment?: 'live' | 'test';

  /** Only where it was asked for. */
  level?: number;

  /** Only where it was asked for. */
  scopes?: string[] | null;

  /** Only where it was asked for. */
  expiresAt?: string | null;

  /** Only where it was asked for. */
  rateLimit?: RateLimitBody | null;

  /** Only where it was asked for. */
  quota?: QuotaBody | null;

  /** Only where it was asked for. */
  allowedIps?: string[] | null;

  /** Only where it was asked for. */
  metadata?: object | null;
}

/** What a key was before it was rotated, while that is still good. */
export class PreviousKeyView {
  /** @example "ks_live_abc1" */
  keyPrefix: string;

  /** From when on it is refused, at the latest. */
  validUntil: string;

  /** Its latest good use; `null` is none yet. */
  lastUsedAt: string | null;
}

/** A key of an application, or of the merchant itself. */
export class ApplicationKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;

  /**
   * The application it is for; `null` for a key of the merchant itself.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  applicationId: string | null;

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

  /** What you wanted to remember with it. */
  metadata: object | null;

  /**
   * What the former system calls an imported key; `null` where the import didn't say so.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  externalId: string | null;

  /**
   * The member who answers for it since its maker left; `null` is its maker. A member stays noted who was removed without a successor.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  responsibleId: string | null;

  /** When its full key was first found where others can read it, since it was made or rotated; `null` is never. */
  exposedAt: string | null;

  /**
   * How that became known: it was reported, by anybody or by GitHub, or it came in a `query` or over plain `http`. `null` while it isn't
   * exposed.
   */
  exposedSource: 'report' | 'github' | 'query' | 'http' | null;

  /** What it was before its latest rotation, while that is still good. */
  previousKey: PreviousKeyView | null;
}

export class ApplicationKeyPage extends PageView {
  items: ApplicationKeyView[];
}
