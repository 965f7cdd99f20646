import type { AuditEvent } from './audit-event.entity.js';
import type { AuditEventView } from './audit.dto.js';

export function presentAuditEvent(event: AuditEvent): AuditEventView {
  return {
    id: event.id,
    action: event.action,
    actor: {
      kind: event.actorKind as AuditEventView['actor']['kind'],
      accountId: event.actorAccountId,
      keyId: event.actorKeyId,
    },
    target: { type: event.targetType, id: event.targetId },
    merchantId: event.merchantId,
    details: event.details,
    address: event.address,
    userAgent: event.userAgent,
    requestId: event.requestId,
    createdAt: event.createdAt.toISOString(),
  };
}
