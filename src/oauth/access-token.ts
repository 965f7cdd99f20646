import type { CachedKey } from '../verification/cache/cached-key.js';
import { grants } from '../api-keys/permissions/scopes.js';
import type { Session } from '../verification/verification.service.js';

/** What an access token says (RFC 9068, section 2.2). */
export interface AccessTokenClaims {
  /** The server's public address. */
  iss: string;
  /** The id of the merchant whose API it is for: another merchant's API that checks tokens by itself must not accept it. */
  aud: string;
  /** The id of the key that opened the session. */
  sub: string;
  /** The public id under which that key was presented. */
  client_id: string;
  iat: number;
  exp: number;
  /** Its own id, by which it is revoked. */
  jti: string;
  /** What it is limited to, separated by spaces; nothing when neither it nor its key was limited. */
  scope?: string;
  /** The key's level when the session was opened. */
  level: number;
}

/**
 * An access token whose signature is right. It is good for as long as its key holds everything that the token says: once the key
 * is deleted, disabled or past its end, once its level is lower than it was, or once one of the token's scopes is no longer the key's,
 * the token is refused as a whole; it isn't narrowed with the key. What the key gains, the token doesn't, but for the level, which is
 * always the key's.
 */
export class AccessToken implements Session {
  readonly scopes: readonly string[] | null;
  private keySeen: CachedKey | null = null;
  private seen: CachedKey | null = null;

  constructor(readonly claims: AccessTokenClaims) {
    this.scopes = claims.scope?.split(' ') ?? null;
  }

  get publicId(): string {
    return this.claims.client_id;
  }

  /** The key as whoever holds the token may use it; the same object for as long as the key is, so that others can remember it by it. */
  seenIn(key: CachedKey): CachedKey | null {
    if (this.keySeen !== key) {
      this.keySeen = key;
      this.seen = this.isWithin(key) ? { ...key, scopes: this.scopes } : null;
    }
    return this.seen;
  }

  private isWithin(key: CachedKey): boolean {
    const { sub, aud, jti, level } = this.claims;
    if (key.id !== sub || key.merchantId !== aud || key.level < level || key.revokedSessions.has(jti)) return false;
    return this.scopes ? this.scopes.every((scope) => grants(key.scopes, scope)) : key.scopes === null;
  }
}
