import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../platform/events/domain-error.js';
import type { Caller } from './caller.js';
import { REQUIREMENT, type Requirement } from './requires.js';

/** Names of the passport strategies that the auth module provides. */
export const LOGIN_TOKEN = 'login-token';
export const KEY_PAIR = 'key-pair';

/** A strategy's own refusal goes on as it is; every other failure says no more than that the credential is no good. */
function callerOrThrow<T>(error: unknown, caller: T | false): T {
  if (error) throw error as Error;
  if (!caller) throw new DomainError('credential.invalid');
  return caller;
}

class LoginTokenGuard extends AuthGuard(LOGIN_TOKEN) {
  override handleRequest<T>(error: unknown, caller: T | false): T {
    return callerOrThrow(error, caller);
  }
}

class KeyPairGuard extends AuthGuard(KEY_PAIR) {
  override handleRequest<T>(error: unknown, caller: T | false): T {
    return callerOrThrow(error, caller);
  }
}

/** What the strategies find out about a caller besides who it is. */
export interface AuthenticatedCaller extends Caller {
  hasConsent: boolean;
  isMerchantKey: boolean;
}

/**
 * Decides for every route who may call it: whoever its `@Requires` or `@Public` says, and nobody where neither stands.
 * The last segment of a path on the accounts surface picks the credential: `/key` takes a key pair, everything else a login token.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly loginToken = new LoginTokenGuard();
  private readonly keyPair = new KeyPairGuard();

  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.reflector.get<Requirement | undefined>(REQUIREMENT, context.getHandler());
    if (!requirement) throw new DomainError('access.level_lacking');
    if (requirement.level === null) return true;

    const request = context.switchToHttp().getRequest<FastifyRequest & { user: AuthenticatedCaller }>();
    const takesKey = request.routeOptions.url?.endsWith('/key') === true;
    await (takesKey ? this.keyPair : this.loginToken).canActivate(context);

    const caller = request.user;
    if (caller.isMerchantKey && !requirement.merchantKeys) throw new DomainError('access.level_lacking');
    if (caller.level < requirement.level) throw new DomainError('access.level_lacking');
    if (!caller.hasConsent && !requirement.withoutConsent) throw new DomainError('access.consent_lacking');
    return true;
  }
}
