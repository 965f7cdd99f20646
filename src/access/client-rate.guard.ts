import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';
import { surfaceOf } from '../platform/http/surfaces/surfaces.js';
import type { Caller } from './caller.js';

/** Limits the request rate of each client on the clients surface. Failed requests count as well. */
@Injectable()
export class ClientRateGuard implements CanActivate {
  private readonly limiter: RateLimiterMemory | null;

  constructor(private readonly config: Config) {
    const points = config.CLIENT_RATE_LIMIT_PER_MINUTE;
    this.limiter = points === 0 ? null : new RateLimiterMemory({ points, duration: 60 });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Caller }>();
    if (!this.limiter || !request.user || surfaceOf(request).name !== 'clients') return true;
    try {
      await this.limiter.consume(request.user.merchantId);
      return true;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new DomainError('request.rate_limited', {
        limitPerMinute: this.config.CLIENT_RATE_LIMIT_PER_MINUTE,
        retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)),
      });
    }
  }
}
