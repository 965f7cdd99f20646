import type { RememberedKey } from './remembered-key.js';

/**
 * How many words of a digest are remembered: 128 bits, as of the tags of most MACs. The salt is secret and lasts as long as the process, so
 * that nobody can search for a text with the digest of a key.
 */
const WORDS = 4;

/** Returns as much of a digest as is remembered. */
export const shorten = (digest: ArrayLike<number>): number[] =>
  Array.from({ length: WORDS }, (_, word) => digest[word] ?? 0);

/** The remembered keys, by the digests of what was presented, and by what they depend on. */
export class Memory {
  /** By the first word of the digest or, if another key has that, by the second. */
  private readonly keys = new Map<number, RememberedKey>();
  /** Most ids have one key, and no set for it. */
  private readonly dependents = new Map<string, RememberedKey | Set<RememberedKey>>();

  /** @param maxKeys the number of keys that are remembered at most */
  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.keys.size;
  }

  get(digest: ArrayLike<number>): RememberedKey | undefined {
    const key = this.keys.get(digest[0] ?? 0);
    if (key !== undefined && isEqual(key.digest, digest)) return key;
    const other = this.keys.get(digest[1] ?? 0);
    return other !== undefined && isEqual(other.digest, digest) ? other : undefined;
  }

  /** Remembers a key, in place of what was remembered of it. If there are too many, those go that have not been presented for long. */
  add(key: RememberedKey): void {
    const former = this.get(key.digest);
    if (former) this.remove(former);
    const [first = 0, second = 0] = key.digest;
    const place = this.keys.has(first) ? second : first;
    const displaced = this.keys.get(place);
    if (displaced) this.remove(displaced);
    this.keys.set(place, key);
    for (const id of key.dependsOn) this.addDependent(id, key);
    while (this.keys.size > this.maxKeys) this.evict();
  }

  /** Forgets a key. */
  remove(key: RememberedKey): void {
    const place = this.placeOf(key);
    if (place === undefined) return;
    this.keys.delete(place);
    for (const id of key.dependsOn) this.removeDependent(id, key);
  }

  /** Forgets every key that depends on one of the ids. */
  forget(ids: readonly string[]): void {
    for (const id of ids) {
      const dependents = this.dependents.get(id);
      if (dependents instanceof Set) for (const key of [...dependents]) this.remove(key);
      else if (dependents) this.remove(dependents);
    }
  }

  forgetAll(): void {
    this.keys.clear();
    this.dependents.clear();
  }

  /** Removes the oldest key that was not presented since the last look at it ("second chance"). */
  private evict(): void {
    for (const [place, key] of this.keys) {
      if (!key.isRecent) return this.remove(key);
      key.isRecent = false;
      this.keys.delete(place);
      this.keys.set(place, key);
    }
  }

  private placeOf(key: RememberedKey): number | undefined {
    return key.digest.slice(0, 2).find((place) => this.keys.get(place) === key);
  }

  private addDependent(id: string, key: RememberedKey): void {
    const others = this.dependents.get(id);
    if (others === undefined || others === key) this.dependents.set(id, key);
    else if (others instanceof Set) others.add(key);
    else this.dependents.set(id, new Set([others, key]));
  }

  private removeDependent(id: string, key: RememberedKey): void {
    const others = this.dependents.get(id);
    if (others instanceof Set) {
      others.delete(key);
      if (others.size > 0) return;
    } else if (others !== key) return;
    this.dependents.delete(id);
  }
}

function isEqual(digest: readonly number[], other: ArrayLike<number>): boolean {
  let difference = 0;
  for (let word = 0; word < WORDS; word++) difference |= (digest[word] ?? 0) ^ (other[word] ?? 0);
  return difference === 0;
}
