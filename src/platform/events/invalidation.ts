/**
 * What a verification depends on: a key, by its public id; what many keys depend on, by its id; or an import, which turns texts that no key
 * had into keys.
 */
export type InvalidationKind = 'key' | 'account' | 'application' | 'merchant' | 'import';

/** An entry, or a group of entries, of the key cache that a change makes stale on every instance. */
export interface Invalidation {
  kind: InvalidationKind;
  id: string;
}

/** For an event that changes nothing a verification depends on. */
export const NOTHING: readonly Invalidation[] = [];

/** For a change of a key, which is cached under each of its credentials. */
export const keyInvalidations = (...publicIds: (string | null)[]): Invalidation[] =>
  publicIds.filter((id) => id !== null).map((id) => ({ kind: 'key', id }));
