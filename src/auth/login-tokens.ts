import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedCaller } from '../access/access.guard.js';
import { readOrigin } from '../access/caller.js';
import { STATUS, type Account } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { Config } from '../platform/config/config.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';

/** The rules that every login token must meet. Its expiry is checked separately, against the server's {@link Clock}. */
export const LOGIN_RULES = {
  algorithms: ['HS256' as const],
  issuer: 'keywright',
  audience: 'keywright/login',
  ignoreExpiration: true,
};

/** The claims of a login token (RFC 7519). They identify an account; what the account may do is never read from them. */
export interface LoginClaims {
  sub: string;
  _id: number;
  username: string;
  role: string;
  status: number;
  purpose: 'login';
  iat: number;
  exp: number;
}

/** Issues and checks login tokens, which are valid on all surfaces. */
@Injectable()
export class LoginTokens {
  readonly ttlSeconds: number;

  constructor(
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly jwt: JwtService,
    config: Config,
  ) {
    this.ttlSeconds = config.JWT_TTL_SECONDS;
  }

  issue(account: Account): string {
    const iat = this.clock.nowInSeconds();
    const claims: LoginClaims = {
      sub: account.uuid,
      _id: account.id,
      username: account.username,
      role: account.role,
      status: account.status,
      purpose: 'login',
      iat,
      exp: iat + this.ttlSeconds,
    };
    const { issuer, audience } = LOGIN_RULES;
    return this.jwt.sign(claims, { algorithm: 'HS256', issuer, audience });
  }

  /**
   * Returns the caller of a login token, or `null` if the text isn't a login token of this server.
   *
   * @throws {DomainError} as {@link resolveCaller}
   */
  async authenticate(token: string, request: FastifyRequest): Promise<AuthenticatedCaller | null> {
    const claims = await this.jwt.verifyAsync<Partial<LoginClaims>>(token, LOGIN_RULES).catch(() => null);
    return claims && this.resolveCaller(claims, request);
  }

  /**
   * Returns the caller of a login token, with what its account may do now.
   *
   * @param claims the claims of a token whose signature, issuer and audience have been checked
   * @throws {DomainError} `credential.expired`, `credential.invalid`, `access.account_inactive`
   */
  async resolveCaller(
    { _id: id, sub, exp, purpose }: Partial<LoginClaims>,
    request: FastifyRequest,
  ): Promise<AuthenticatedCaller> {
    if (purpose !== 'login' || typeof id !== 'number' || typeof exp !== 'number')
      throw new DomainError('credential.invalid');
    if (exp <= this.clock.nowInSeconds()) throw new DomainError('credential.expired');
    const account = await this.accounts.find(id);
    if (!account?.merchant || account.uuid !== sub) throw new DomainError('credential.invalid');
    const known = {
      kind: 'account' as const,
      accountId: account.id,
      keyId: null,
      merchantId: account.merchantId,
      ...readOrigin(request),
    };
    if (account.status !== STATUS.active || account.merchant.status !== 'active')
      throw new DomainError('access.account_inactive', { known });
    return {
      ...known,
      clientId: account.merchant.clientId,
      level: account.level,
      hasConsent: account.consent >= 1,
      isMerchantKey: false,
    };
  }
}
