import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../platform/config/config.js';
import { partyAt } from '../platform/limits/address.js';
import type { Limiter } from '../platform/limits/limiter.js';
import { Limiters } from '../platform/limits/limiters.js';
import { readOrigin } from './caller.js';

/** Limits the requests of each address to the routes without a login, before they cost any work, as their `@Public` says. */
@Injectable()
export class PublicLimitGuard implements CanActivate {
  private readonly limits: Record<'requests' | 'reports', Limiter>;

  constructor(limiters: Limiters, { PUBLIC_RATE_LIMIT_PER_MINUTE, EXPOSURE_RATE_LIMIT_PER_MINUTE }: Config) {
    this.limits = {
      requests: limiters.perMinute('public', PUBLIC_RATE_LIMIT_PER_MINUTE),
      reports: limiters.perMinute('exposure', EXPOSURE_RATE_LIMIT_PER_MINUTE),
    };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const limit = request.routeOptions.config.requirement?.limit ?? 'none';
    if (limit === 'requests' || limit === 'reports')
      await this.limits[limit].take(partyAt(readOrigin(request).address ?? ''));
    return true;
  }
}
