import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { AuthenticatedCaller } from '../access/access.guard.js';
import { readOrigin } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { AuthScheme } from '../platform/http/requirement.js';
import { Clock } from '../platform/runtime/clock.js';
import type { PortalCaller } from './portal-caller.js';
import { PortalSessions } from './portal-sessions.service.js';
import { PORTAL_RULES, type PortalClaims } from './portal-tokens.js';

/** Authenticates end users by the token of their portal session, as Bearer. */
@Injectable()
export class PortalTokenStrategy extends PassportStrategy(Strategy, 'portalToken' satisfies AuthScheme) {
  constructor(
    private readonly clock: Clock,
    private readonly sessions: PortalSessions,
    { jwtKeys }: Config,
  ) {
    super({
      ...PORTAL_RULES,
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key: Buffer) => void) => {
        // jsonwebtoken also accepts a key object, which the types of passport-jwt don't allow.
        done(null, jwtKeys.findVerifier(token) as unknown as Buffer);
      },
      passReqToCallback: true,
    });
  }

  /**
   * @param claims of a token whose signature, issuer and audience are right
   * @throws {DomainError} `credential.expired`, `credential.invalid` if the session has ended, or what opened it
   */
  async validate(
    request: FastifyRequest,
    { sid, exp, purpose }: Partial<PortalClaims>,
  ): Promise<AuthenticatedCaller & PortalCaller> {
    if (purpose !== 'portal' || typeof sid !== 'string' || typeof exp !== 'number')
      throw new DomainError('credential.invalid');
    if (exp <= this.clock.nowInSeconds()) throw new DomainError('credential.expired');
    const opened = await this.sessions.findValid(sid);
    if (!opened) throw new DomainError('credential.invalid');
    const { session, accountId, clientId } = opened;
    const { keyId, loginSessionId, merchantId, scopes } = session;
    return {
      kind: keyId === null ? 'account' : 'key',
      accountId,
      keyId,
      sessionId: loginSessionId,
      portal: { sessionId: session.id, scopes },
      merchantId,
      clientId,
      level: LEVELS.writeOwn,
      hasConsent: true,
      lacksSecondFactor: false,
      isMerchantKey: keyId !== null,
      session,
      ...readOrigin(request),
    };
  }
}
