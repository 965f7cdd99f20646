import { IsBoolean, IsIn } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { PageView } from '../../platform/http/paging/page.dto.js';
import { IsText } from '../../platform/validation/text.js';
import { KeySettingsBody, QuotaBody, RateLimitBody } from './key-settings.dto.js';

/** Example bodies. They are written by hand, because some fields exclude each other. */
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

/** The properties of a new key of an application. */
export class CreateApplicationKeyBody extends KeySettingsBody {
  /**
   * What the key is for, 1 to 50 characters.
   * @example "Production API key for checkout service"
   */
  @IsText(50)
  description: string;
}

/** The properties of a new key of the merchant itself. */
export class CreateMerchantKeyBody extends CreateApplicationKeyBody {
  /** The environment of the key: `live` (the default) for a full key that begins with `ks_live_`, `test` for one with `ks_test_`. */
  @IsOmittable()
  @IsIn(['live', 'test'])
  environment?: 'live' | 'test';
}

/** Changes to a key. Restrictions take effect on every instance before the response is sent. The expiry may be in the past. */
export class UpdateApplicationKeyBody extends KeySettingsBody {
  /**
   * What the key is for, 1 to 50 characters.
   * @example "Production API key for checkout service"
   */
  @IsOmittable()
  @IsText(50)
  description?: string;

  /** Whether the key is enabled. A disabled key is refused at once, until it is enabled again. */
  @IsOmittable()
  @IsBoolean()
  isEnabled?: boolean;
}

/** A new key. No other response holds its full key. */
export class CreatedApplicationKeyView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  id: string;

  /**
   * The id of the application that the key belongs to; `null` for a key of the merchant itself.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  applicationId: string | null;

  /**
   * The full key, to be sent in `Authorization: Bearer`. Save it: it is never shown again. `null` in a response with the header `replayed`.
   * @example "ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"
   */
  fullKey: string | null;

  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   * @example "ks_live_abc1"
   */
  keyPrefix: string;

  /**
   * What the key is for.
   * @example "Production API key for checkout service"
   */
  description: string;

  /**
   * When the key was created.
   * @example "2026-02-23T13:30:00.000Z"
   */
  createdAt: string;

  /** The environment of the key. Present only if the request set it. */
  environment?: 'live' | 'test';

  /** The level of the key. Present only if the request set it. */
  level?: number;

  /** The scopes that the key is restricted to. Present only if the request set them. */
  scopes?: string[] | null;

  /** When the key expires; `null` means never. Present if the key expires, or the request set it. */
  expiresAt?: string | null;

  /** The rate limit of the key. Present only if the request set it. */
  rateLimit?: RateLimitBody | null;

  /** The rate limits of the key. Present only if the request set them. */
  rateLimits?: RateLimitBody[] | null;

  /** The quota of the key. Present only if the request set it. */
  quota?: QuotaBody | null;

  /** The addresses and networks that the key may be used from. Present only if the request set them. */
  allowedIps?: string[] | null;

  /** Your own id for what the key stands for. Present only if the request set it. */
  externalId?: string | null;

  /** Whether the key may rotate itself. Present only if the request set it. */
  selfRotate?: boolean;

  /** Your own data about the key. Present only if the request set it. */
  metadata?: object | null;
}

/** The full key that a rotation replaced, while it is still valid. */
export class PreviousKeyView {
  /**
   * The first 12 characters of the previous full key.
   * @example "ks_live_abc1"
   */
  keyPrefix: string;

  /**
   * When the previous full key becomes invalid, at the latest.
   * @example "2026-11-28T13:30:00.000Z"
   */
  validUntil: string;

  /** When the previous full key was last verified successfully; `null` means never. */
  lastUsedAt: string | null;
}

/** From where a key was last used. */
export class LastSourceView {
  /**
   * The network of the address: its first 24 bits (IPv4) or 48 bits (IPv6); `null` if the address isn't known.
   * @example "203.0.113.0/24"
   */
  network: string | null;

  /**
   * The name of the program, without its version; `null` if it isn't known.
   * @example "python-requests"
   */
  agent: string | null;
}

/** A key of an application, or of the merchant itself. */
export class ApplicationKeyView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  id: string;

  /**
   * The id of the application that the key belongs to; `null` for a key of the merchant itself.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  applicationId: string | null;

  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   * @example "ks_live_abc1"
   */
  keyPrefix: string;

  /**
   * The last four characters of the full key; `null` if they are not known.
   * @example "HECK"
   */
  lastFour: string | null;

  /**
   * What the key is for.
   * @example "Production API key for checkout service"
   */
  description: string;

  /**
   * The level of the key, 0 to 8, which bounds what it may do.
   * @example 4
   */
  level: number;

  /** The scopes that the key is restricted to; `null` means no restriction. */
  scopes: string[] | null;

  /** The status of the key. Only an `active` key is accepted. */
  status: 'active' | 'disabled' | 'expired';

  /**
   * When the key was created.
   * @example "2026-02-23T13:30:00.000Z"
   */
  createdAt: string;

  /** When the key expires; `null` means never. */
  expiresAt: string | null;

  /** When the key was last verified successfully; `null` means never. */
  lastUsedAt: string | null;

  /**
   * From where the key was last used, of the uses of which that is known; `null` if there are none. It is recorded once a minute while it stays the
   * same.
   * @example { "network": "203.0.113.0/24", "agent": "python-requests" }
   */
  lastUsedFrom: LastSourceView | null;

  /** The first of the key's rate limits; `null` means no limit. */
  rateLimit: RateLimitBody | null;

  /** The rate limits of the key, all of which must admit a request; `null` means no limit. */
  rateLimits: RateLimitBody[] | null;

  /** The quota of the key; `null` means no limit. */
  quota: QuotaBody | null;

  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  allowedIps: string[] | null;

  /** Whether the key may rotate itself, by `POST /api/v1/keys/rotate`. */
  selfRotate: boolean;

  /** Your own data about the key; `null` means none. */
  metadata: object | null;

  /**
   * Your own id for what the key stands for, such as one of your customers; `null` means none.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  externalId: string | null;

  /**
   * The id of the member who is responsible for the key since its creator left; `null` if the creator still is. It stays the same if that
   * member is removed without a successor.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  responsibleId: string | null;

  /** When the full key was first found exposed since it was created or last rotated; `null` means never. */
  exposedAt: string | null;

  /**
   * How the exposure was discovered: by a `report`, by `github`, or by a request that sent the full key in its `query` or over plain
   * `http`. `null` if the key is not exposed.
   */
  exposedSource: 'report' | 'github' | 'query' | 'http' | null;

  /** The full key before the latest rotation, while it is still valid; otherwise `null`. */
  previousKey: PreviousKeyView | null;
}

export class ApplicationKeyPage extends PageView {
  /** The keys on this page. */
  items: ApplicationKeyView[];
}
