import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { decodeJwt, errors, jwtVerify, SignJWT, type JWTVerifyOptions } from 'jose';
import { LRUCache } from 'lru-cache';
import { Config } from '../platform/config/config.js';
import { Clock } from '../platform/runtime/clock.js';
import type { MaybePromise } from '../platform/runtime/maybe-promise.js';
import { AccessToken, type AccessTokenClaims } from './access-token.js';
import type { Client } from './clients.js';
import { ALGORITHM, SigningKeys } from './signing-keys.js';

const TYPE = 'at+jwt';

/** The number of checked tokens that are cached, so that their signatures aren't checked again. */
const CACHE_MAX = 20_000;

interface IssuedToken {
  token: string;
  expiresInSeconds: number;
}

/** Signs access tokens and checks their signatures. Whether a token's key is still valid isn't checked here. */
@Injectable()
export class AccessTokens {
  private readonly ttlSeconds: number;
  private readonly remembered = new LRUCache<string, AccessToken>({ max: CACHE_MAX });
  private readonly rules: JWTVerifyOptions;

  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly signingKeys: SigningKeys,
  ) {
    this.ttlSeconds = config.ACCESS_TOKEN_TTL_SECONDS;
    this.rules = {
      algorithms: [ALGORITHM],
      typ: TYPE,
      ...(config.hasFixedUrl && { issuer: config.publicUrl }),
      requiredClaims: ['aud', 'sub', 'client_id', 'iat', 'exp', 'jti', 'level'],
    };
  }

  /**
   * Issues a token. It expires no later than its key, because an API that checks tokens itself has no other way to learn that the key has
   * expired.
   *
   * @param scopes the scopes that the token is limited to; `null` if it is not limited
   */
  async issue({ key, publicId }: Client, scopes: readonly string[] | null): Promise<IssuedToken> {
    const { kid, privateKey } = this.signingKeys.current();
    const iat = this.clock.nowInSeconds();
    const claims: AccessTokenClaims = {
      iss: this.config.publicUrl,
      aud: key.merchantId,
      sub: key.id,
      client_id: publicId,
      iat,
      exp: Math.min(iat + this.ttlSeconds, Math.ceil(key.expiresAtMs / 1000)),
      jti: randomUUID(),
      ...(scopes && { scope: scopes.join(' ') }),
      level: key.level,
    };
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
      .sign(privateKey);
    return { token, expiresInSeconds: claims.exp - iat };
  }

  /**
   * Returns the token, without a promise if it was checked before; `null` if the text isn't an access token of this server or has expired.
   *
   * @throws {DomainError} `unavailable` if the token's signing key isn't known here and the database is unavailable
   */
  read(text: string): MaybePromise<AccessToken | null> {
    const known = this.remembered.get(text);
    if (!known) return this.check(text);
    return known.claims.exp > this.clock.nowInSeconds() ? known : null;
  }

  /** On a free port, every instance and every start has another URL. */
  private mayBeIssuer(iss: string | undefined): boolean {
    return this.config.hasFixedUrl ? iss === this.config.publicUrl : iss?.startsWith('http://') === true;
  }

  private async check(text: string): Promise<AccessToken | null> {
    try {
      // Checked before the signing key is looked up, because a foreign token may be an imported key.
      if (!this.mayBeIssuer(decodeJwt(text).iss)) return null;
      const rules = { ...this.rules, currentDate: this.clock.now() };
      const { payload } = await jwtVerify<AccessTokenClaims>(
        text,
        async ({ kid }) => {
          const key = kid === undefined ? null : await this.signingKeys.find(kid);
          if (!key) throw new errors.JWKSNoMatchingKey();
          return key;
        },
        rules,
      );
      const token = new AccessToken(payload);
      this.remembered.set(text, token);
      return token;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}
