import type { DomainEvent } from '../../platform/events/domain-event.js';
import type { InvalidationKind, Revoked } from '../../platform/events/invalidation.js';

const KINDS = ['key', 'account', 'application', 'merchant'] as const satisfies InvalidationKind[];
const REVOKED = ['permissions', 'credential', 'everything'] as const satisfies Revoked[];

/** What was taken away from a key, or from all keys of an account, an application or a merchant. It holds ids only. */
export interface Revocation {
  kind: (typeof KINDS)[number];
  /** The uuid of the key, account, application or merchant. */
  id: string;
  revokes: (typeof REVOKED)[number];
  /** If a credential was revoked: the public id of the key's remaining one. If an account is left with a lower role: that role. */
  remaining?: string;
}

/** A revocation and when it happened. */
export interface JournalEntry extends Revocation {
  /** The barrier's revision of the transaction, which orders it before or after any backup. */
  revision: number;
  at: string;
}

/** What an event takes away; `null` if nothing. */
export function revocationOf({ targetId, invalidates }: DomainEvent): Revocation | null {
  const strongest = REVOKED.findLast((revoked) => invalidates.some(({ revokes }) => revokes === revoked));
  const kind = KINDS.find((known) => known === invalidates[0]?.kind);
  if (!strongest || !kind) return null;
  const credential = strongest === 'credential' ? invalidates.find(({ revokes }) => revokes === 'nothing')?.id : null;
  const remaining = credential ?? invalidates[0]?.remaining;
  return { kind, id: targetId, revokes: strongest, ...(remaining && { remaining }) };
}

/** The line of a transaction's revocations. */
export const formatLine = (revision: number, at: string, changes: Revocation[]): string =>
  `${JSON.stringify({ revision, at, changes })}\n`;

/** @returns `null` if the text is not a line of a journal */
export function parseLine(text: string): JournalEntry[] | null {
  const { revision, at, changes } = (parseObject(text) ?? {}) as Record<string, unknown>;
  const isLine =
    Number.isSafeInteger(revision) && typeof at === 'string' && !Number.isNaN(Date.parse(at)) && Array.isArray(changes);
  if (!isLine || !changes.every(isRevocation)) return null;
  return changes.map((change) => ({ ...change, revision: revision as number, at }));
}

export function parseObject(text: string): object | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function isRevocation(value: unknown): value is Revocation {
  const { kind, id, revokes, remaining } = (value ?? {}) as Record<string, unknown>;
  const isOf = (values: readonly string[], one: unknown): boolean => values.includes(one as string);
  const namesRemaining = typeof remaining === 'string' || (remaining === undefined && revokes !== 'credential');
  return isOf(KINDS, kind) && isOf(REVOKED, revokes) && typeof id === 'string' && namesRemaining;
}
