import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Config } from '../config.js';
import { Clock } from '../domain/clock.js';
import type { KnownKey } from './keyring/known-keys.js';

const ISSUER = 'keywright';
const AUDIENCE = 'keywright/keys';

/** What a session's token says: which key opened it (RFC 9068: `client_id`), and until when. Everything else is asked of the key at every use. */
interface SessionClaims {
  sub: string;
  client_id: string;
  purpose: 'session';
  iat: number;
  exp: number;
}

/** Short sessions that a key opens (RFC 6749, 4.4), so that its secret needn't travel with every request. */
@Injectable()
export class Sessions {
  readonly ttlSeconds: number;

  constructor(
    private readonly clock: Clock,
    private readonly jwt: JwtService,
    config: Config,
  ) {
    this.ttlSeconds = config.ACCESS_TOKEN_TTL_SECONDS;
  }

  open({ id, publicId }: Pick<KnownKey, 'id' | 'publicId'>): string {
    const iat = this.clock.nowInSeconds();
    const claims: SessionClaims = { sub: id, client_id: publicId, purpose: 'session', iat, exp: iat + this.ttlSeconds };
    return this.jwt.sign(claims, { algorithm: 'HS256', issuer: ISSUER, audience: AUDIENCE });
  }

  /** The public id of the key that opened the session; `null` when the token is no good or past its time. */
  keyOf(token: string): string | null {
    try {
      const rules = { algorithms: ['HS256' as const], issuer: ISSUER, audience: AUDIENCE, ignoreExpiration: true };
      const { client_id, purpose, exp } = this.jwt.verify<Partial<SessionClaims>>(token, rules);
      const isGood = purpose === 'session' && typeof exp === 'number' && exp > this.clock.nowInSeconds();
      return isGood && typeof client_id === 'string' ? client_id : null;
    } catch {
      return null;
    }
  }
}
