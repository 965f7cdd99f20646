import type { EventName } from './event-names.js';
import type { Actor } from './actor.js';
import type { Changes } from './audited-changes.js';
import type { Invalidation } from './invalidation.js';

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
