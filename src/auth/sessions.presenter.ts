import type { Caller } from '../access/caller.js';
import type { LoginSession } from '../accounts/sessions/login-session.entity.js';
import type { SessionView } from './sessions.dto.js';

export function presentSession({ sessionId }: Caller, session: LoginSession): SessionView {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    address: session.address,
    userAgent: session.userAgent,
    isCurrent: session.id === sessionId,
  };
}
