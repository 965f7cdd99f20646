/**
 * What a verification depends on: a key, by its public id; what many keys depend on, by its id, such as the limits that they share; or an
 * import, which turns texts that no key had into keys.
 */
export type InvalidationKind = 'key' | 'account' | 'application' | 'merchant' | 'limit' | 'import';

/**
 * What a change takes away for good, and a restored backup must not give back: nothing; permissions, of which some or all are left; one
 * credential of a key; or everything, as a deletion does.
 */
export type Revoked = 'nothing' | 'permissions' | 'credential' | 'everything';

/** An entry, or a group of entries, of the key cache. */
export interface StaleEntries {
  kind: InvalidationKind;
  id: string;
}

/** What a change makes stale on every instance, and what it takes away. */
export interface Invalidation extends StaleEntries {
  revokes: Revoked;
  /** If permissions of an account were revoked, and it still has some: the role that it has left. */
  remaining?: string;
}

/** For an event that changes nothing a verification depends on. */
export const NOTHING: readonly Invalidation[] = [];

/** For a change of a key, which is cached under each of its credentials. */
export const keyInvalidations = (revokes: Revoked, ...publicIds: (string | null)[]): Invalidation[] =>
  publicIds.filter((id) => id !== null).map((id) => ({ kind: 'key', id, revokes }));
