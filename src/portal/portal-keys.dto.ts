import { OmitType, PickType } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import {
  ApplicationKeyView,
  CreatedApplicationKeyView,
  CreateApplicationKeyBody,
} from '../api-keys/merchants/application-keys.dto.js';
import { RotatedKeyView, RotateKeyBody } from '../api-keys/merchants/rotation.dto.js';
import { PageView } from '../platform/http/paging/page.dto.js';
import { PortalSessionView } from './portal-sessions.dto.js';

/** The code of a session's link. */
export class UseLinkBody {
  /**
   * The code, which stands in the URL of the page after `#`: 48 hexadecimal digits.
   * @example "4f9c0d2a7b1e4f9c0d2a7b1e4f9c0d2a7b1e4f9c0d2a7b1e"
   */
  @Matches(/^[\da-f]{48}$/, { message: '$property must be the code of a link, 48 hexadecimal digits' })
  code: string;
}

/** The token of a session whose link has been used. */
export class PortalTokenView {
  /**
   * The token of the session.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJwdXJwb3NlIjoicG9ydGFsIn0.c2lnbmF0dXJl"
   */
  token: string;

  /**
   * When the session ends, at the latest.
   * @example "2026-11-28T14:30:00.000Z"
   */
  expiresAt: string;
}

/** The session of an end user, as the user may see it. */
export class OwnPortalSessionView extends OmitType(PortalSessionView, ['id', 'applicationId'] as const) {}

/** A key of an end user. */
export class PortalKeyView extends PickType(ApplicationKeyView, [
  'id',
  'keyPrefix',
  'lastFour',
  'description',
  'status',
  'scopes',
  'rateLimits',
  'quota',
  'createdAt',
  'expiresAt',
  'lastUsedAt',
  'previousKey',
] as const) {}

export class PortalKeyPage extends PageView {
  /** The keys on this page, the latest first. */
  items: PortalKeyView[];
}

/** The properties of a new key of an end user. Everything else follows from the session. */
export class CreatePortalKeyBody extends PickType(CreateApplicationKeyBody, [
  'description',
  'expiresInSeconds',
] as const) {}

/** A new key of an end user. No other response holds its full key. */
export class CreatedPortalKeyView extends PickType(CreatedApplicationKeyView, [
  'id',
  'keyPrefix',
  'description',
  'createdAt',
] as const) {
  /**
   * The full key, to be sent in `Authorization: Bearer`. It is never shown again.
   * @example "ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"
   */
  fullKey: string;

  /** When the key expires; `null` means never. */
  expiresAt: string | null;
}

/** How an end user rotates a key. With an empty body, the previous full key becomes invalid at once. */
export class RotatePortalKeyBody extends PickType(RotateKeyBody, ['overlapSeconds'] as const) {}

/** A key of an end user with its new full key, which no other response holds. */
export class RotatedPortalKeyView extends CreatedPortalKeyView {
  /** The full key that the rotation replaced, and until when it is valid. */
  previousKey: RotatedKeyView['previousKey'];
}
