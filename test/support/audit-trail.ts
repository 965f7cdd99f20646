import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';

const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const PERSONAL = ['email', 'firstName', 'lastName', 'subject', 'username'];

type Fields = Record<string, unknown>;

export interface ShownEvent extends Fields {
  actor: Fields;
  details: Fields & { changes?: Fields };
  hash: string | null;
  personalSalt?: string | null;
  personalDigest?: string;
}

const personalOf = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => PERSONAL.includes(name)));

const nullFor = (fields: Fields): Fields =>
  Object.fromEntries(Object.keys(personalOf(fields)).map((name) => [name, null]));

/** Computes the digest of an event's personal data as an outsider does, from what the API shows. */
export function digestOfEvent({ personalSalt, actor, address, userAgent, details }: ShownEvent): string {
  const changes = personalOf(details.changes ?? {});
  const personal = { ...personalOf(details), ...(Object.keys(changes).length > 0 && { changes }) };
  return sha256(`${personalSalt}${canonicalize({ username: actor.username, address, userAgent, details: personal })}`);
}

/** Computes the hash of an event as an outsider does, from what the API shows. */
export function hashOfEvent({ hash: _, ...event }: ShownEvent): string {
  if (event.personalDigest === undefined) return sha256(canonicalize(event));
  const { details } = event;
  return sha256(
    canonicalize({
      ...event,
      // An undefined member is no part of JSON.
      personalSalt: undefined,
      actor: { ...event.actor, username: null },
      address: null,
      userAgent: null,
      details: {
        ...details,
        ...nullFor(details),
        ...(details.changes && { changes: { ...details.changes, ...nullFor(details.changes) } }),
      },
    }),
  );
}
