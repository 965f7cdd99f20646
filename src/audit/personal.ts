import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson } from '../platform/runtime/canonical-json.js';
import type { EventDetails } from '../platform/events/domain-event.js';
import type { AuditEvent } from './audit-event.entity.js';

/** The details that identify a person, as such or as changed fields. */
const PERSONAL_DETAILS: ReadonlySet<string> = new Set(['email', 'firstName', 'lastName', 'subject', 'username']);

/** Returns a salt, without which nobody can find erased data by trying what its digest may be of. */
export const newSalt = (): string => randomBytes(16).toString('base64url');

/** Returns the SHA-256, in hex, of an event's salt and its personal data in canonical JSON (RFC 8785). */
export function digestPersonal({ personalSalt, actorUsername, address, userAgent, details }: AuditEvent): string {
  const personal = { username: actorUsername, address, userAgent, details: personalDetailsOf(details) };
  return createHash('sha256')
    .update(`${personalSalt}${canonicalJson(personal)}`)
    .digest('hex');
}

/** Whether an event's personal data was erased. */
export const isErased = ({ personalDigest, personalSalt }: AuditEvent): boolean =>
  personalDigest !== null && personalSalt === null;

/** Returns an event as it is when its personal data is erased: with `null` in its place, so that it can be seen what there was. */
export const withoutPersonal = (event: AuditEvent): AuditEvent => ({
  ...event,
  actorUsername: null,
  address: null,
  userAgent: null,
  details: withoutPersonalDetails(event.details),
});

type Fields = Record<string, unknown>;

function personalDetailsOf(details: EventDetails): Fields {
  const changes = pickPersonal((details.changes ?? {}) as object);
  return { ...pickPersonal(details), ...(Object.keys(changes).length > 0 && { changes }) };
}

const pickPersonal = (fields: object): Fields =>
  Object.fromEntries(Object.entries(fields as Fields).filter(([name]) => PERSONAL_DETAILS.has(name)));

const erasePersonal = (fields: object): Fields =>
  Object.fromEntries(
    Object.entries(fields as Fields).map(([name, value]) => [name, PERSONAL_DETAILS.has(name) ? null : value]),
  );

const withoutPersonalDetails = (details: EventDetails): EventDetails =>
  ({
    ...erasePersonal(details),
    ...(details.changes !== undefined && { changes: erasePersonal(details.changes as object) }),
  }) as EventDetails;
