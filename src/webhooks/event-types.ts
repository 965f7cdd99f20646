/** What can be subscribed to. A type that isn't here is nobody's business but the audit trail's. */
export const EVENT_TYPES = [
  'api_key.created',
  'api_key.updated',
  'api_key.rotated',
  'api_key.deleted',
  'api_key.disabled',
  'api_key.expiring',
  'api_key.expired',
  'api_key.first_used',
  'api_key.exposed',
  'api_key.idle',
  'application.created',
  'application.updated',
  'application.deleted',
  'member.invited',
  'member.joined',
  'member.updated',
  'member.removed',
  'quota.threshold',
  'webhook.paused',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

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
