import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../platform/events/domain-error.js';
import { requiredScheme, type AuthScheme } from '../platform/http/requirement.js';
import type { Caller } from './caller.js';

/** A caller as the passport strategies return it. */
export interface AuthenticatedCaller extends Caller {
  hasConsent: boolean;
  /** Whether the account must have a second factor and has none. Keys are not affected. */
  lacksSecondFactor: boolean;
  isMerchantKey: boolean;
}

/** Creates a guard that authenticates the caller by the passport strategy of this name. */
function createGuard(scheme: AuthScheme): CanActivate {
  class CredentialGuard extends AuthGuard(scheme) {
    /** Passes a strategy's own errors on; every other failure is an invalid credential. */
    override handleRequest<T>(error: unknown, caller: T | false): T {
      if (error) throw error as Error;
      if (!caller) throw new DomainError('credential.invalid');
      return caller;
    }
  }
  return new CredentialGuard();
}

/** Decides who may call a route, by its `@Requires` or `@Public`. A route that declares neither is closed to everyone. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly guards: Record<AuthScheme, CanActivate> = {
    loginToken: createGuard('loginToken'),
    keyPair: createGuard('keyPair'),
    key: createGuard('key'),
    portalToken: createGuard('portalToken'),
  };

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: AuthenticatedCaller }>();
    const { requirement } = request.routeOptions.config;
    if (!requirement) throw new DomainError('access.level_lacking');
    if (requirement.level === null) return true;

    await this.guards[requiredScheme(request)].canActivate(context);

    const caller = request.user;
    if (caller.isMerchantKey && !requirement.merchantKeys) throw new DomainError('access.level_lacking');
    if (caller.level < requirement.level) throw new DomainError('access.level_lacking');
    if (!caller.hasConsent && !requirement.withoutConsent) throw new DomainError('access.consent_lacking');
    if (caller.lacksSecondFactor && !requirement.withoutSecondFactor)
      throw new DomainError('access.second_factor_lacking');
    return true;
  }
}
