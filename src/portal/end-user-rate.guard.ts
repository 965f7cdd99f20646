import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Refuses } from '../platform/http/route-facts.js';
import type { Limiter } from '../platform/limits/limiter.js';
import { Limiters } from '../platform/limits/limiters.js';
import type { PortalCaller } from './portal-caller.js';

/** Limits the request rate of each end user at each instance, however many sessions there are for the user. Failed requests count as well. */
@Injectable()
@Refuses('request.rate_limited')
export class EndUserRateGuard implements CanActivate {
  private readonly limiter: Limiter;

  constructor(limiters: Limiters, { PORTAL_RATE_LIMIT_PER_MINUTE }: Config) {
    this.limiter = limiters.perMinuteHere('portal', PORTAL_RATE_LIMIT_PER_MINUTE);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { merchantId, externalId } = context.switchToHttp().getRequest<{ user: PortalCaller }>().user.session;
    await this.limiter.take(`${merchantId} ${externalId}`);
    return true;
  }
}
