import { EVENT_TYPES as TOLD_TYPES, notifiableTypes as toldTypesOf } from '../platform/events/notifiable-events.js';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';

/** A paused endpoint can be reported only to other endpoints. */
const PAUSED = 'webhook.paused';

/** The types that can be subscribed to. */
export const EVENT_TYPES = [...TOLD_TYPES, PAUSED] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** The types of an event for subscribers, the most specific first. A subscriber to several of them receives the first. */
export const typesOf = (entry: Pick<AuditTrailEntry, 'name' | 'details'>): EventType[] =>
  entry.name === PAUSED ? [PAUSED] : toldTypesOf(entry);

/** The type of a test event, which cannot be subscribed to. */
export const TEST_EVENT = 'webhook.test';

/** `*`, and the groups of types, such as `api_key.*`. */
const PATTERNS = ['*', ...new Set(EVENT_TYPES.map((type) => patternOf(type)))];

/** The valid values of a subscription. */
export const SUBSCRIBABLE: readonly string[] = [...EVENT_TYPES, ...PATTERNS];

/** Whether a subscription to these values includes this type. */
export const includesType = (subscribed: string[], type: EventType): boolean =>
  [type, patternOf(type), '*'].some((name) => subscribed.includes(name));

function patternOf(type: string): string {
  return `${type.slice(0, type.indexOf('.'))}.*`;
}
