import type { Actor } from './actor.js';
import type { Changes } from './audited-changes.js';
import type { Invalidation } from './invalidation.js';

export type EventName =
  | 'access.refused'
  | 'account.address_lost'
  | 'account.created'
  | 'account.updated'
  | 'account.power_changed'
  | 'account.deleted'
  | 'account.identity_linked'
  | 'account.logged_in'
  | 'account.logged_out'
  | 'account.recovery_requested'
  | 'account.recovery_code_used'
  | 'account.recovery_codes_created'
  | 'account.second_factor_added'
  | 'account.second_factor_removed'
  | 'account.notifications_changed'
  | 'account.login_failed'
  | 'account.offboarded'
  | 'api_key.created'
  | 'api_key.updated'
  | 'api_key.quota_reset'
  | 'api_key.rotated'
  | 'api_key.previous_ended'
  | 'api_key.deleted'
  | 'api_key.exposed'
  | 'api_key.expiring'
  | 'api_key.expired'
  | 'api_key.idle'
  | 'api_key.first_used'
  | 'api_key.imported'
  | 'application.created'
  | 'application.updated'
  | 'application.deleted'
  | 'backup.restored'
  | 'exposure_policy.updated'
  | 'housekeeping.completed'
  | 'import_format.created'
  | 'import_format.deleted'
  | 'link.issued'
  | 'merchant.created'
  | 'merchant.deleted'
  | 'merchant.policy_changed'
  | 'merchant.updated'
  | 'notification.undelivered'
  | 'service.created'
  | 'session.revoked'
  | 'shared_limit.deleted'
  | 'shared_limit.set'
  | 'quota.threshold'
  | 'verifier.attached'
  | 'verifier.detached'
  | 'verifier.report_refused'
  | 'webhook.created'
  | 'webhook.updated'
  | 'webhook.redelivered'
  | 'webhook.secret_rotated'
  | 'webhook.tested'
  | 'webhook.paused'
  | 'webhook.deleted';

/** Facts about an event; an update has its `changes`. */
export type EventDetails = Record<string, string | number | boolean | null | string[] | number[] | Changes>;

/** An event in a merchant's tenant. Details never hold a secret. */
export interface DomainEvent {
  name: EventName;
  actor: Actor;
  merchantId: string;
  targetType: string;
  targetId: string;
  details: EventDetails;
  /** What the event makes stale in every instance's key cache. The caller is answered once no instance relies on it. */
  invalidates: readonly Invalidation[];
}

/** The object of an event. */
export type EventTarget = Pick<DomainEvent, 'merchantId' | 'targetType' | 'targetId'>;
