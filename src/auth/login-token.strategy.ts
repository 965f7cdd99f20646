import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { AuthenticatedCaller } from '../access/access.guard.js';
import { Config } from '../platform/config/config.js';
import type { AuthScheme } from '../platform/http/requirement.js';
import { LOGIN_RULES, LoginTokens, type LoginClaims } from './login-tokens.js';

/** Authenticates a caller by a login token. */
@Injectable()
export class LoginTokenStrategy extends PassportStrategy(Strategy, 'loginToken' satisfies AuthScheme) {
  constructor(
    private readonly tokens: LoginTokens,
    config: Config,
  ) {
    super({
      ...LOGIN_RULES,
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // jsonwebtoken also accepts a key object, which the types of passport-jwt don't allow.
      secretOrKey: config.jwtKey as unknown as Buffer,
      passReqToCallback: true,
    });
  }

  /** @throws {DomainError} `credential.expired`, `credential.invalid`, `access.account_inactive` */
  validate(request: FastifyRequest, claims: Partial<LoginClaims>): Promise<AuthenticatedCaller> {
    return this.tokens.resolveCaller(claims, request);
  }
}
