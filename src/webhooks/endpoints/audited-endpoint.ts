import { createHash } from 'node:crypto';
import { changesBetween, type Changes } from '../../platform/events/audited-changes.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** Fields that the audit trail says the values of. */
const AUDITED_FIELDS = ['url', 'events', 'description', 'isEnabled', 'pausedAt', 'previousValidUntil'] as const;

/** Characters of a digest that tell one URL from another. */
const DIGEST_LENGTH = 8;

/** What has become of an endpoint. */
export const auditedChanges = (before: WebhookEndpoint, after: WebhookEndpoint): Changes =>
  changesBetween(auditedValue(before), auditedValue(after), [...AUDITED_FIELDS]);

/** Paths and queries may hold what only the receiver should know: of these it is told that they are others, and not what they are. */
const auditedValue = (endpoint: WebhookEndpoint): Record<(typeof AUDITED_FIELDS)[number], unknown> => ({
  ...endpoint,
  url: `${new URL(endpoint.url).origin}/…${createHash('sha256').update(endpoint.url).digest('hex').slice(0, DIGEST_LENGTH)}`,
});
