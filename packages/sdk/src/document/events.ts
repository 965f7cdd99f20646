// Generated from openapi.json by generator/generate.js. Do not edit.

import type {
  ApiKeyCreatedEvent,
  ApiKeyDeletedEvent,
  ApiKeyDisabledEvent,
  ApiKeyExpiredEvent,
  ApiKeyExpiringEvent,
  ApiKeyExposedEvent,
  ApiKeyFirstUsedEvent,
  ApiKeyIdleEvent,
  ApiKeyRotatedEvent,
  ApiKeyUpdatedEvent,
  ApplicationCreatedEvent,
  ApplicationDeletedEvent,
  ApplicationUpdatedEvent,
  MemberInvitedEvent,
  MemberJoinedEvent,
  MemberRemovedEvent,
  MemberUpdatedEvent,
  QuotaThresholdEvent,
  WebhookPausedEvent,
  WebhookTestEvent,
} from './schemas.js';

/**
 * An event that a webhook delivers. `type` tells them apart. A newer server may send types that are not listed here.
 */
export type WebhookEvent =
  | ApiKeyCreatedEvent
  | ApiKeyUpdatedEvent
  | ApiKeyDisabledEvent
  | ApiKeyRotatedEvent
  | ApiKeyDeletedEvent
  | ApiKeyExpiringEvent
  | ApiKeyExpiredEvent
  | ApiKeyFirstUsedEvent
  | ApiKeyExposedEvent
  | ApiKeyIdleEvent
  | ApplicationCreatedEvent
  | ApplicationUpdatedEvent
  | ApplicationDeletedEvent
  | MemberInvitedEvent
  | MemberJoinedEvent
  | MemberUpdatedEvent
  | MemberRemovedEvent
  | QuotaThresholdEvent
  | WebhookPausedEvent
  | WebhookTestEvent;
