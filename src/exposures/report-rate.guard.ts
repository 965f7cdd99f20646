import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Refuses } from '../platform/http/route-facts.js';

/** Limits the reports of each address. */
@Injectable()
@Refuses('request.rate_limited')
export class ReportRateGuard implements CanActivate {
  private readonly limiter: RateLimiterMemory | null;

  constructor({ EXPOSURE_RATE_LIMIT_PER_MINUTE: points }: Config) {
    this.limiter = points === 0 ? null : new RateLimiterMemory({ points, duration: 60 });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    try {
      await this.limiter?.consume(ip);
      return true;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new DomainError('request.rate_limited', {
        retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)),
      });
    }
  }
}
