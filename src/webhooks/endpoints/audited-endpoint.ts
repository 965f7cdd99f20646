import { createHash } from 'node:crypto';
import { changesBetween, type Changes } from '../../platform/events/audited-changes.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** The fields whose values are recorded in the audit trail. */
const AUDITED_FIELDS = ['url', 'events', 'description', 'isEnabled', 'pausedAt', 'previousValidUntil'] as const;

/** The length of a digest that distinguishes URLs. */
const DIGEST_LENGTH = 8;

/** The changes of an endpoint for the audit trail. */
export const auditedChanges = (before: WebhookEndpoint, after: WebhookEndpoint): Changes =>
  changesBetween(auditedValue(before), auditedValue(after), [...AUDITED_FIELDS]);

/** The path and query of a URL may hold secrets of the receiver: the record has a digest of them. */
const auditedValue = (endpoint: WebhookEndpoint): Record<(typeof AUDITED_FIELDS)[number], unknown> => ({
  ...endpoint,
  url: `${new URL(endpoint.url).origin}/…${createHash('sha256').update(endpoint.url).digest('hex').slice(0, DIGEST_LENGTH)}`,
});
