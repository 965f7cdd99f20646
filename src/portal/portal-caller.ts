import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import type { PortalSession } from './portal-session.entity.js';

/** An end user. What the user does is done for the account or the key that has opened the session, and is bounded by the session. */
export interface PortalCaller extends Caller {
  session: PortalSession;
}

/** Handler parameter: the end user whose session's token the request carries. */
export const EndUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: PortalCaller }>().user,
);
