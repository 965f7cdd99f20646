import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { AuthenticatedCaller } from '../access/access.guard.js';
import { readOrigin } from '../access/caller.js';
import { STATUS } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { isSecondFactorDemanded } from '../accounts/second-factors/demand.js';
import { LastSeen } from '../accounts/sessions/last-seen.js';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Clock } from '../platform/runtime/clock.js';
import type { AuthScheme } from '../platform/http/requirement.js';
import { LOGIN_RULES, type LoginClaims } from './login-tokens.js';
import { SessionCookie } from './session-cookie.js';

const readBearer = ExtractJwt.fromAuthHeaderAsBearerToken();

/**
 * Authenticates every request with a login token, whether or not it passes through Nest's guards: as Bearer or, without an `Authorization`, in the
 * cookie of a session of the console.
 */
@Injectable()
export class LoginTokenStrategy extends PassportStrategy(Strategy, 'loginToken' satisfies AuthScheme) {
  constructor(
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly lastSeen: LastSeen,
    private readonly config: Config,
    cookie: SessionCookie,
  ) {
    const { jwtKeys } = config;
    super({
      ...LOGIN_RULES,
      jwtFromRequest: (request: FastifyRequest) =>
        request.headers.authorization === undefined ? cookie.read(request) : readBearer(request),
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
    { _id: id, sub, exp, purpose, sid }: Partial<LoginClaims>,
  ): Promise<AuthenticatedCaller> {
    if (purpose !== 'login' || typeof id !== 'number' || typeof exp !== 'number')
      throw new DomainError('credential.invalid');
    if (exp <= this.clock.nowInSeconds()) throw new DomainError('credential.expired');
    const found = typeof sid === 'string' ? await this.accounts.findBySession(sid) : null;
    if (found?.account.id !== id || !found.account.merchant || found.account.uuid !== sub)
      throw new DomainError('credential.invalid');
    const { account, session } = found;
    const { merchant } = found.account;
    const known = {
      kind: 'account' as const,
      accountId: account.id,
      keyId: null,
      sessionId: session.id,
      merchantId: account.merchantId,
      ...readOrigin(request),
    };
    // Whether its sessions have ended or not, an account that is not active is told so.
    if (account.status !== STATUS.active || merchant.status !== 'active')
      throw new DomainError('access.account_inactive', { known });
    if (session.endedAt !== null) throw new DomainError('credential.invalid');
    this.lastSeen.note(session, known);
    return {
      ...known,
      clientId: merchant.clientId,
      level: account.level,
      hasConsent: account.consent >= 1,
      lacksSecondFactor: account.secondFactorAt === null && isSecondFactorDemanded(account, merchant, this.config),
      isMerchantKey: false,
    };
  }
}
