import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

/**
 * The keys that sign login tokens and Service IDs with HMAC-SHA-256: the newest one signs, and each of them verifies. They are key objects,
 * because jsonwebtoken would create one for each token from a string.
 */
export class JwtKeys {
  readonly newest: KeyObject;
  private readonly older: KeyObject[];

  /** @param secrets newest first */
  constructor([newest = '', ...older]: string[]) {
    this.newest = createSecretKey(newest, 'utf8');
    this.older = older.map((secret) => createSecretKey(secret, 'utf8'));
  }

  /** Returns the key that a token is to be verified with: an older key if that one signed it, else the newest. */
  findVerifier(token: string): KeyObject {
    return this.older.find((key) => isSignedBy(key, token)) ?? this.newest;
  }
}

function isSignedBy(key: KeyObject, token: string): boolean {
  const end = token.lastIndexOf('.');
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  const actual = createHmac('sha256', key).update(token.slice(0, end)).digest();
  return given.length === actual.length && timingSafeEqual(given, actual);
}
