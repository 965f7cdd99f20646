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

/** Tokens whose signature was checked and needn't be again. */
const REMEMBERED = 20_000;

interface IssuedToken {
  token: string;
  expiresInSeconds: number;
}

/** Signs access tokens, and checks them: that a token is right says nothing yet of whether its key still is. */
@Injectable()
export class AccessTokens {
  private readonly ttlSeconds: number;
  private readonly remembered = new LRUCache<string, AccessToken>({ max: REMEMBERED });
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
      issuer: config.publicUrl,
      requiredClaims: ['aud', 'sub', 'client_id', 'iat', 'exp', 'jti', 'level'],
    };
  }

  /**
   * A token that ends with its key at the latest: who checks tokens alone learns of that end from nothing else.
   *
   * @param scopes what the token is limited to; `null` for nothing
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
   * The token, at once when it was seen before; `null` for what this server didn't sign, or not as an access token, or what is past its end.
   *
   * @throws {DomainError} `unavailable` when its signing key isn't known and the database can't be asked
   */
  read(text: string): MaybePromise<AccessToken | null> {
    const known = this.remembered.get(text);
    if (!known) return this.check(text);
    return known.claims.exp > this.clock.nowInSeconds() ? known : null;
  }

  private async check(text: string): Promise<AccessToken | null> {
    try {
      // Before anything is asked about its signing key: others' tokens may be keys that were made elsewhere.
      if (decodeJwt(text).iss !== this.rules.issuer) return null;
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
