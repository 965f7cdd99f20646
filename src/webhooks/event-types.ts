import { EVENT_TYPES as TOLD_TYPES, notifiableTypes as toldTypesOf } from '../platform/events/notifiable-events.js';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';

/** That an endpoint is paused can only be told to other endpoints. */
const PAUSED = 'webhook.paused';

/** What can be subscribed to. */
export const EVENT_TYPES = [...TOLD_TYPES, PAUSED] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** What an event is called outside, the most exact name first: whoever wants several of them is told once, by the first. */
export const typesOf = (entry: Pick<AuditTrailEntry, 'name' | 'details'>): EventType[] =>
  entry.name === PAUSED ? [PAUSED] : toldTypesOf(entry);

/** What is sent to try an endpoint; nobody subscribes to it. */
export const TEST_EVENT = 'webhook.test';

/** `*`, and each kind's, such as `api_key.*`. */
const PATTERNS = ['*', ...new Set(EVENT_TYPES.map((type) => patternOf(type)))];

/** Everything that a subscription may name. */
export const SUBSCRIBABLE: readonly string[] = [...EVENT_TYPES, ...PATTERNS];

/** Whether somebody who has subscribed to these hears of events of this type. */
export const includesType = (subscribed: string[], type: EventType): boolean =>
  [type, patternOf(type), '*'].some((name) => subscribed.includes(name));

function patternOf(type: string): string {
  return `${type.slice(0, type.indexOf('.'))}.*`;
}
