import type { AuditTrailEntry } from '../../platform/events/audit-trail-entry.js';
import type { EventType } from '../event-types.js';

/** Bytes that every engine stores of a text. */
const PAYLOAD_BYTES = 60_000;

/**
 * What is sent, by the Standard Webhooks specification: the type, when it happened, and what. The details never hold a secret.
 *
 * @param applicationId whose it is; of a key it is told whether it is an application's
 */
export function buildPayload(
  type: EventType,
  { sequence, occurredAt, ...event }: AuditTrailEntry,
  applicationId: string | null,
): string {
  const { kind, accountId, keyId } = event.actor;
  const about = {
    id: event.targetId,
    merchantId: event.merchantId,
    ...(event.targetType === 'api_key' && { applicationId }),
    actor: { kind, accountId, keyId },
  };
  const write = (details: object): string =>
    JSON.stringify({ type, timestamp: occurredAt.toISOString(), sequence, data: { ...details, ...about } });
  const payload = write(event.details);
  return Buffer.byteLength(payload) <= PAYLOAD_BYTES ? payload : write({ isTooLong: true });
}
