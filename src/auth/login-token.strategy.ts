import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { LOGIN_TOKEN, type AuthenticatedCaller } from '../access/access.guard.js';
import { originOf } from '../access/caller.js';
import { STATUS } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { Config } from '../config.js';
import { Clock } from '../domain/clock.js';
import { DomainError } from '../domain/domain-error.js';
import { ISSUER, LOGIN_AUDIENCE, type LoginClaims } from './login-tokens.js';

/** Accepts login tokens, and looks at every request what their account is and may do now. */
@Injectable()
export class LoginTokenStrategy extends PassportStrategy(Strategy, LOGIN_TOKEN) {
  constructor(
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    config: Config,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: config.JWT_SECRET,
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: LOGIN_AUDIENCE,
      ignoreExpiration: true, // checked below, against the clock that everything else goes by
      passReqToCallback: true,
    });
  }

  /** @throws {DomainError} `credential.expired`, `credential.invalid`, `access.account_inactive` */
  async validate(request: FastifyRequest, claims: Partial<LoginClaims>): Promise<AuthenticatedCaller> {
    const { _id: id, sub, exp, purpose } = claims;
    if (purpose !== 'login' || typeof id !== 'number' || typeof exp !== 'number')
      throw new DomainError('credential.invalid');
    if (exp <= this.clock.nowInSeconds()) throw new DomainError('credential.expired');
    const account = await this.accounts.find(id);
    if (!account?.merchant || account.uuid !== sub) throw new DomainError('credential.invalid');
    if (account.status !== STATUS.active || account.merchant.status !== 'active')
      throw new DomainError('access.account_inactive');
    return {
      kind: 'account',
      accountId: account.id,
      keyId: null,
      merchantId: account.merchantId,
      clientId: account.merchant.clientId,
      level: account.level,
      hasConsent: account.consent >= 1,
      isMerchantKey: false,
      ...originOf(request),
    };
  }
}
