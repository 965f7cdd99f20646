import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { AuthenticatedCaller } from '../access/access.guard.js';
import { readOrigin } from '../access/caller.js';
import { STATUS } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Clock } from '../platform/runtime/clock.js';
import type { AuthScheme } from '../platform/http/requirement.js';
import { LOGIN_RULES, type LoginClaims } from './login-tokens.js';

/** Authenticates every request with a login token, whether or not it passes through Nest's guards. */
@Injectable()
export class LoginTokenStrategy extends PassportStrategy(Strategy, 'loginToken' satisfies AuthScheme) {
  constructor(
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    config: Config,
  ) {
    const { jwtKeys } = config;
    super({
      ...LOGIN_RULES,
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key: Buffer) => void) => {
        // jsonwebtoken also accepts a key object, which the types of passport-jwt don't allow.
        done(null, jwtKeys.findVerifier(token) as unknown as Buffer);
      },
      passReqToCallback: true,
    });
  }

  /**
   * The caller whose login token a request carries, for routes without guards.
   *
   * @returns `null` without a token that this server signed as a login token
   * @throws {DomainError} as {@link validate}
   */
  findCaller(request: FastifyRequest): Promise<AuthenticatedCaller | null> {
    return new Promise((resolve, reject) => {
      // As passport's own middleware does: an attempt is the strategy with what becomes of it.
      const attempt = Object.create(this) as Strategy;
      attempt.success = resolve;
      attempt.fail = () => resolve(null);
      attempt.error = reject;
      attempt.authenticate(request as never);
    });
  }

  /**
   * Whose token it is, and what the account is and may do now.
   *
   * @param claims of a token whose signature, issuer and audience are right
   * @throws {DomainError} `credential.expired`, `credential.invalid`, `access.account_inactive`
   */
  async validate(
    request: FastifyRequest,
    { _id: id, sub, exp, purpose }: Partial<LoginClaims>,
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
