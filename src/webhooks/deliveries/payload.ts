import type { AuditTrailEntry } from '../../platform/events/audit-trail-entry.js';
import type { EventType } from '../event-types.js';

/** The largest text that every engine stores, in bytes. */
const PAYLOAD_BYTES = 60_000;

/**
 * Builds a payload by the Standard Webhooks specification: type, time and data of the event. The details never hold a secret.
 *
 * @param applicationId the application that the event belongs to; the data of a key event has it, too
 */
export function buildPayload(
  type: EventType,
  { sequence, occurredAt, ...event }: AuditTrailEntry,
  applicationId: string | null,
): string {
  const { kind, accountId, keyId, memberId = null, username = null } = event.actor;
  const about = {
    id: event.targetId,
    merchantId: event.merchantId,
    ...(event.targetType === 'api_key' && { applicationId }),
    actor: { kind, accountId, keyId, memberId, username },
  };
  const write = (details: object): string =>
    JSON.stringify({ type, timestamp: occurredAt.toISOString(), sequence, data: { ...details, ...about } });
  const payload = write(event.details);
  return Buffer.byteLength(payload) <= PAYLOAD_BYTES ? payload : write({ isTooLong: true });
}
