import type { JournalEntry } from './revocation.js';

/**
 * The revocations of many lines, without those that a later one makes superfluous: nothing is left after everything was taken away, and of two
 * of the same kind the later one counts. It holds three entries for each key, account, application and merchant at most.
 */
export class RevocationIndex {
  private readonly bySubject = new Map<string, Partial<Record<JournalEntry['revokes'], JournalEntry>>>();
  /** The highest revision of any entry that was added; 0 if there was none. */
  latest = 0;

  add(entry: JournalEntry): void {
    this.latest = Math.max(this.latest, entry.revision);
    const subject = `${entry.kind} ${entry.id}`;
    const earlier = this.bySubject.get(subject) ?? {};
    const same = earlier[entry.revokes];
    const later = same && same.revision > entry.revision ? same : entry;
    if (entry.revokes === 'everything') this.bySubject.set(subject, { everything: later });
    else if (!earlier.everything) this.bySubject.set(subject, { ...earlier, [entry.revokes]: later });
  }

  /** Whether there is an entry about the same that is as late. */
  covers({ kind, id, revokes, revision }: JournalEntry): boolean {
    const entries = this.bySubject.get(`${kind} ${id}`);
    return Math.max(entries?.everything?.revision ?? 0, entries?.[revokes]?.revision ?? 0) >= revision;
  }

  /** All entries, in no order. */
  *entries(): Generator<JournalEntry> {
    for (const entries of this.bySubject.values()) yield* Object.values(entries);
  }

  /** The entries with a higher revision, in the order of their revisions. */
  after(revision: number): JournalEntry[] {
    return [...this.entries()]
      .filter((entry) => entry.revision > revision)
      .sort((one, other) => one.revision - other.revision);
  }
}
