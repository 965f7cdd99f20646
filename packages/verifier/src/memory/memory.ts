import type { RememberedKey } from './remembered-key.js';

/** The remembered keys, by the digests of what was presented, and by what they depend on. */
export class Memory {
  private readonly keys = new Map<string, RememberedKey>();
  /** Most ids have one key, and no set for it. */
  private readonly dependents = new Map<string, RememberedKey | Set<RememberedKey>>();

  /** @param maxKeys the number of keys that are remembered at most */
  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.keys.size;
  }

  get(digest: string): RememberedKey | undefined {
    return this.keys.get(digest);
  }

  /** Remembers a key, in place of what was remembered of it. If there are too many, those go that have not been presented for long. */
  add(key: RememberedKey): void {
    const former = this.keys.get(key.digest);
    if (former) this.remove(former);
    this.keys.set(key.digest, key);
    for (const id of key.dependsOn) this.addDependent(id, key);
    while (this.keys.size > this.maxKeys) this.evict();
  }

  /** Forgets a key. */
  remove(key: RememberedKey): void {
    if (this.keys.get(key.digest) !== key) return;
    this.keys.delete(key.digest);
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
    for (const key of this.keys.values()) {
      if (!key.isRecent) return this.remove(key);
      key.isRecent = false;
      this.keys.delete(key.digest);
      this.keys.set(key.digest, key);
    }
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
