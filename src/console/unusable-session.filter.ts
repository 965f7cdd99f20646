import { Catch, type ArgumentsHost } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionCookie } from '../auth/session-cookie.js';
import type { ErrorCode } from '../platform/events/domain-error.js';
import { DeniedRequests } from '../platform/http/denied-requests.js';
import { asDomainError, SurfaceFilter } from '../platform/http/surface.filter.js';

/** The errors of a session that no request can use any longer. */
const UNUSABLE: readonly ErrorCode[] = ['credential.invalid', 'credential.expired', 'access.account_inactive'];

/** Has the browser forget the cookie of a session that can no longer be used. */
@Catch()
export class UnusableSessionFilter extends SurfaceFilter {
  constructor(
    deniedRequests: DeniedRequests,
    private readonly cookie: SessionCookie,
  ) {
    super(deniedRequests);
  }

  override async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    if (UNUSABLE.includes(asDomainError(thrown).code))
      void http.getResponse<FastifyReply>().header('Set-Cookie', this.cookie.clear(http.getRequest<FastifyRequest>()));
    await super.catch(thrown, host);
  }
}
