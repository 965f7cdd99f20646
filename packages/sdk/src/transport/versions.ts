/** How many versions a client remembers; the one that was not seen for longest is forgotten first. */
const REMEMBERED = 1_000;

/** The last `ETag` that a client has seen of each key. */
export class Versions {
  private readonly tags = new Map<string, string>();

  get(id: string): string | undefined {
    return this.tags.get(id);
  }

  /** @param tag `null` if what is named no longer has a version */
  set(id: string, tag: string | null): void {
    this.tags.delete(id);
    if (tag === null) return;
    this.tags.set(id, tag);
    if (this.tags.size > REMEMBERED) for (const oldest of this.tags.keys()) return void this.tags.delete(oldest);
  }
}
