import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../platform/config/config.js';
import { surfaceOf } from '../platform/http/surfaces/surfaces.js';
import type { Limiter } from '../platform/limits/limiter.js';
import { Limiters } from '../platform/limits/limiters.js';
import type { Caller } from './caller.js';

/** Limits the request rate of each client on the clients surface, at each instance. Failed requests count as well. */
@Injectable()
export class ClientRateGuard implements CanActivate {
  private readonly limiter: Limiter;

  constructor(limiters: Limiters, { CLIENT_RATE_LIMIT_PER_MINUTE }: Config) {
    this.limiter = limiters.perMinuteHere('client', CLIENT_RATE_LIMIT_PER_MINUTE);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Caller }>();
    if (request.user && surfaceOf(request).name === 'clients') await this.limiter.take(request.user.merchantId);
    return true;
  }
}
