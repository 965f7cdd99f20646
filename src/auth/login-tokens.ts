import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Account } from '../accounts/account.entity.js';
import { Config } from '../platform/config/config.js';
import { Clock } from '../platform/runtime/clock.js';

/** The rules that every login token must meet. Its expiry is checked separately, against the server's {@link Clock}. */
export const LOGIN_RULES = {
  algorithms: ['HS256' as const],
  issuer: 'keywright',
  audience: 'keywright/login',
  ignoreExpiration: true,
};

/** The claims of a login token (RFC 7519). They name a session of an account; what the account may do is never read from them. */
export interface LoginClaims {
  sub: string;
  _id: number;
  username: string;
  role: string;
  status: number;
  purpose: 'login';
  /** The id of the login session. */
  sid: string;
  iat: number;
  exp: number;
}

/** Issues and checks login tokens, which are valid on all surfaces. */
@Injectable()
export class LoginTokens {
  readonly ttlSeconds: number;

  constructor(
    private readonly clock: Clock,
    private readonly jwt: JwtService,
    config: Config,
  ) {
    this.ttlSeconds = config.JWT_TTL_SECONDS;
  }

  issue(account: Account, sessionId: string): string {
    const iat = this.clock.nowInSeconds();
    const claims: LoginClaims = {
      sub: account.uuid,
      _id: account.id,
      username: account.username,
      role: account.role,
      status: account.status,
      purpose: 'login',
      sid: sessionId,
      iat,
      exp: iat + this.ttlSeconds,
    };
    const { issuer, audience } = LOGIN_RULES;
    return this.jwt.sign(claims, { algorithm: 'HS256', issuer, audience });
  }
}
