import { Catch, type ArgumentsHost } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSameOrigin } from '../auth/same-origin.js';
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
    const request = http.getRequest<FastifyRequest>();
    if (UNUSABLE.includes(asDomainError(thrown).code) && isSameOrigin(request))
      void http.getResponse<FastifyReply>().header('Set-Cookie', this.cookie.clear(request));
    await super.catch(thrown, host);
  }
}
