import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { PickType } from '@nestjs/swagger';
import { EXTERNAL_ID_MAX, KeyLimitsBody, QuotaBody, RateLimitBody } from '../api-keys/merchants/key-settings.dto.js';
import { IsOmittable } from '../platform/validation/omittable.js';
import { IsScopes } from '../platform/validation/scope.js';
import { IsText } from '../platform/validation/text.js';
import { IsId } from '../platform/validation/uuid.js';
import { PORTAL_ACTIONS, type PortalAction } from './portal-session.entity.js';

/** How many keys an external id may have when a session does not say it. */
export const KEYS_DEFAULT = 10;

const KEYS_MAX = 1000;

/** An hour. */
export const LIFE_DEFAULT_SECONDS = 3600;

const LIFE_MIN_SECONDS = 60;

/** A day. */
const LIFE_MAX_SECONDS = 86_400;

/** Describes a portal session in a path, with an example. */
export const PORTAL_SESSION_ID = ["The portal session's id.", '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed'] as const;

/** Example bodies. They are written by hand, so that a new key gets what a customer would be given. */
export const OPEN_EXAMPLES = {
  customer: {
    value: {
      externalId: 'cus_9s6XKzkNRiz8i3',
      allow: ['list', 'create', 'rotate', 'revoke'],
      scopes: ['payments:read'],
      limits: { keys: 3, rateLimits: [{ limit: 100, windowSeconds: 60 }] },
      expiresInSeconds: 3600,
    },
  },
  readOnly: { value: { externalId: 'cus_9s6XKzkNRiz8i3', allow: ['list'] } },
};

/** What bounds the keys that an end user creates. */
export class PortalLimitsBody extends PickType(KeyLimitsBody, ['rateLimits', 'quota'] as const) {
  /**
   * How many keys the external id may have, with those that it has already, up to 1000. The default is 10.
   * @example 3
   */
  @IsOmittable()
  @Min(1)
  @Max(KEYS_MAX)
  @IsInt()
  keys?: number;
}

/** Whose keys an end user manages, what the user may do with them, and for how long. */
export class OpenPortalSessionBody {
  /**
   * Your own id of the end user, 1 to 255 characters. The session is about the keys that have it, and new keys get it.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  @IsText(EXTERNAL_ID_MAX)
  externalId: string;

  /**
   * What the end user may do.
   * @example ["list", "create", "rotate", "revoke"]
   */
  @IsIn(PORTAL_ACTIONS, { each: true })
  @ArrayUnique()
  @ArrayNotEmpty()
  @IsArray()
  allow: PortalAction[];

  /**
   * The scopes of new keys. Keys that have others can be neither rotated nor revoked. `null`, the default of a login, means no restriction; the default
   * of a key is its own scopes but for `portal`.
   * @example ["payments:read"]
   */
  @IsOptional()
  @IsScopes()
  scopes?: string[] | null;

  /** What bounds new keys. */
  @IsOmittable()
  @ValidateNested()
  @IsObject()
  @Type(() => PortalLimitsBody)
  limits?: PortalLimitsBody;

  /**
   * The application that new keys belong to, and whose keys the session is about. The default is that of the key that opens the session; without
   * one, new keys belong to the merchant itself, and the session is about all keys with the external id.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOmittable()
  @IsId()
  applicationId?: string;

  /**
   * The number of seconds for which the session is valid, from a minute to a day; never longer than the login or the key that opens it. The default
   * is an hour.
   * @example 3600
   */
  @IsOmittable()
  @Min(LIFE_MIN_SECONDS)
  @Max(LIFE_MAX_SECONDS)
  @IsInt()
  expiresInSeconds?: number;
}

/** What bounds new keys in a session. */
export class PortalLimitsView {
  /**
   * How many keys the external id may have.
   * @example 3
   */
  keys: number;

  /** The rate limits of new keys; `null` means none. */
  rateLimits: RateLimitBody[] | null;

  /** The quota of new keys; `null` means none. */
  quota: QuotaBody | null;
}

/** A session in which an end user manages keys. */
export class PortalSessionView {
  /**
   * The id of the session.
   * @example "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
   */
  id: string;

  /**
   * Your own id of the end user.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  externalId: string;

  /**
   * The application whose keys the session is about; `null` for all.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  applicationId: string | null;

  /** What the end user may do. */
  allow: PortalAction[];

  /**
   * The scopes of new keys; `null` means no restriction.
   * @example ["payments:read"]
   */
  scopes: string[] | null;

  /** What bounds new keys. */
  limits: PortalLimitsView;

  /**
   * When the session ends, at the latest.
   * @example "2026-11-28T14:30:00.000Z"
   */
  expiresAt: string;
}

/** A session with its credentials, which no other response holds. */
export class OpenedPortalSessionView extends PortalSessionView {
  /**
   * The token of the session, for `<keywright-keys>` in your own page.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJwdXJwb3NlIjoicG9ydGFsIn0.c2lnbmF0dXJl"
   */
  token: string;

  /**
   * A page of this server with the keys of the end user, in place of your own. It opens once.
   * @example "https://keys.example.com/portal#4f9c0d2a7b1e"
   */
  url: string;
}
