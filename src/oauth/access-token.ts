import type { CachedKey } from '../verification/cache/cached-key.js';
import { grants } from '../access/scopes.js';
import type { Session } from '../verification/verification.service.js';

/** The claims of an access token (RFC 9068, section 2.2). */
export interface AccessTokenClaims {
  /** The server's public URL. */
  iss: string;
  /** The id of the merchant whose API the token is for. Another merchant's API that checks tokens itself must not accept it. */
  aud: string;
  /** The id of the key that opened the session. */
  sub: string;
  /** The public id under which that key was presented. */
  client_id: string;
  iat: number;
  exp: number;
  /** The token's id, by which it is revoked. */
  jti: string;
  /** The scopes that the token is limited to, separated by spaces. Left out if neither the token nor its key was limited. */
  scope?: string;
  /** The key's level when the session was opened. */
  level: number;
}

/**
 * An access token whose signature is valid. The token is accepted as long as its key holds everything that the token states. Once the key
 * is deleted, disabled or expired, has a lower level than the token states, or loses one of the token's scopes, the token is refused as a
 * whole; it isn't narrowed with the key. The token gains no scopes with the key, but its level is always the key's.
 */
export class AccessToken implements Session {
  readonly scopes: readonly string[] | null;
  private source: CachedKey | null = null;
  private view: CachedKey | null = null;

  constructor(readonly claims: AccessTokenClaims) {
    this.scopes = claims.scope === '' ? [] : (claims.scope?.split(' ') ?? null);
  }

  get publicId(): string {
    return this.claims.client_id;
  }

  /**
   * Returns the key with the scopes of the token, or `null` if the token isn't valid for the key. As long as the key is the same object, so
   * is the result, so that other values can be cached by it.
   */
  seenIn(key: CachedKey): CachedKey | null {
    if (this.source !== key) {
      this.source = key;
      this.view = this.isWithin(key) ? { ...key, scopes: this.scopes } : null;
    }
    return this.view;
  }

  private isWithin(key: CachedKey): boolean {
    const { sub, aud, jti, level } = this.claims;
    if (key.id !== sub || key.merchantId !== aud || key.level < level || key.revokedSessions.has(jti)) return false;
    return this.scopes ? this.scopes.every((scope) => grants(key.scopes, scope)) : key.scopes === null;
  }
}
