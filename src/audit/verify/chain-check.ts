import type { AuditEvent } from '../audit-event.entity.js';
import { GENESIS_HASH, hashRecord } from '../record.js';
import { originsOf, type Suspect } from './displaced.js';
import { ENOUGH, type Place, type Problem, type ProblemKind } from './problem.js';

/** A record that was judged, and what the next one may have to say of it. */
interface Judged {
  event: AuditEvent;
  isAccused: boolean;
}

/**
 * Follows a merchant's chain record by record, in the order of their places. A record speaks for itself by its hash, and for the one
 * before by the hash that it holds of it; where two don't agree, it is the one that a third contradicts, too, that was changed.
 */
export class ChainCheck {
  entries = 0;
  private readonly problems: Problem[] = [];
  private readonly suspects: Suspect[] = [];
  private readonly putIn = new Set<AuditEvent>();
  private readonly vacant: { from: number; to: number }[] = [];
  /** The records of the latest place, and of the one before, which is judged once what follows is known. */
  private latest: AuditEvent[] = [];
  private unjudged: AuditEvent[] = [];
  private place = 0;
  /** What the next record should hold as the hash before; `null` behind a gap. */
  private expected: string | null = GENESIS_HASH;
  private beforeExpected: string | null = null;
  private last: Judged | null = null;

  /**
   * @param head the end that is noted for the chain
   * @param kept a place whose hash somebody kept elsewhere
   */
  constructor(
    private readonly head: Place | null,
    private readonly kept: Place | null,
  ) {}

  get hasEnough(): boolean {
    return this.problems.length + this.suspects.length >= ENOUGH;
  }

  /** Takes the next record. */
  add(event: AuditEvent): void {
    this.entries += 1;
    if (this.latest[0]?.sequence === event.sequence) {
      this.latest.push(event);
      return;
    }
    this.shift();
    this.latest = [event];
  }

  /** Takes a record behind the end. */
  addBeyond(event: AuditEvent): void {
    this.entries += 1;
    this.intruder(event);
  }

  /** @returns the first problems, in their order */
  finish(isComplete: boolean): Problem[] {
    this.shift();
    this.shift();
    if (isComplete) this.checkEnd();
    this.resolve();
    return this.problems.toSorted((a, b) => a.sequence - b.sequence).slice(0, ENOUGH);
  }

  /** The latest place is complete: now the one before can be judged. */
  private shift(): void {
    if (this.unjudged.length > 0) this.judge(this.unjudged);
    this.unjudged = this.latest;
    this.latest = [];
  }

  private judge(here: AuditEvent[]): void {
    const place = here[0]?.sequence ?? 0;
    if (place <= this.place) {
      for (const event of here) this.intruder(event);
      return;
    }
    if (place > this.place + 1) this.gap(this.place + 1, place - 1);
    this.place = place;
    const successors = this.successorsOf(place);
    const event =
      here.find(({ hash }) => hash !== null && successors?.has(hash)) ??
      here.find((one) => isSound(one) && one.previousHash === this.expected) ??
      here[0];
    if (!event) return;
    for (const other of here) if (other !== event) this.intruder(other);
    this.judgeOne(event, successors);
    if (this.kept?.sequence === place && this.kept.hash !== event.hash)
      this.note(
        'rewritten',
        event,
        `Record ${place} isn't the one whose hash was kept elsewhere: the chain was written anew.`,
      );
    this.beforeExpected = this.expected;
    this.expected = event.hash;
  }

  /** @param successors hashes that what follows says this record has, if something follows right behind */
  private judgeOne(event: AuditEvent, successors: Set<string | null> | null): void {
    const follows = this.expected === null || event.previousHash === this.expected;
    const precedes = successors === null || successors.has(event.hash);
    const isGuilty = !isSound(event) || (!follows && (!precedes || !this.last));
    if (!follows && this.last) this.judgeLast(this.last, event, isGuilty);
    const { place } = this;
    if (!isSound(event)) this.suspects.push({ event, place });
    else if (isGuilty) this.note('changed', event, `Record ${place} was changed, and its hash with it.`);
    else if (!precedes && place === this.head?.sequence)
      this.note('head', event, `The end noted for the chain isn't its record ${place}: one of the two was changed.`);
    this.last = { event, isAccused: isGuilty };
  }

  /** Two records don't agree. */
  private judgeLast(last: Judged, event: AuditEvent, isGuilty: boolean): void {
    const place = this.place - 1;
    if (this.beforeExpected !== null && event.previousHash === this.beforeExpected) {
      if (last.isAccused) this.putIn.add(last.event);
      else this.note('inserted', last.event, `Record ${place} was put in.`);
    } else if (!last.isAccused && !isGuilty) {
      this.note('changed', last.event, `Record ${place} was changed, and its hash with it.`);
    }
  }

  /** What the next place says of this one's hash; of the last one's the noted end says it. */
  private successorsOf(place: number): Set<string | null> | null {
    if (this.latest[0]?.sequence === place + 1) return new Set(this.latest.map(({ previousHash }) => previousHash));
    return this.head?.sequence === place ? new Set([this.head.hash]) : null;
  }

  private gap(from: number, to: number): void {
    this.vacant.push({ from, to });
    this.expected = null;
    this.beforeExpected = null;
    this.last = null;
  }

  private checkEnd(): void {
    const { head, kept } = this;
    if (head && head.sequence > this.place) this.gap(this.place + 1, head.sequence);
    if (!head && this.place > 0) this.note('head', null, 'The end noted for the chain was removed.');
    const end = head?.sequence ?? this.place;
    if (kept && kept.sequence > end)
      this.problems.push({
        kind: 'removed',
        sequence: end + 1,
        eventId: null,
        message: `The chain ends at record ${end}, but the hash of record ${kept.sequence} was kept elsewhere.`,
      });
  }

  /** A record where another one is already, or where none can be. */
  private intruder(event: AuditEvent): void {
    if (isSound(event)) {
      this.note('inserted', event, `Record ${event.sequence} was put in.`);
      return;
    }
    this.putIn.add(event);
    this.suspects.push({ event, place: event.sequence ?? 0 });
  }

  /** Tells records that were moved from those that were changed, and names the places whose records are nowhere. */
  private resolve(): void {
    const places = this.vacant.flatMap(({ from, to }) =>
      Array.from({ length: Math.min(ENOUGH, to - from + 1) }, (_, index) => from + index),
    );
    const origins = originsOf(this.suspects, places.slice(0, ENOUGH));
    const found = new Set(origins.values());
    for (const suspect of this.suspects) {
      const { event, place } = suspect;
      const origin = origins.get(suspect);
      if (origin !== undefined) {
        this.note('reordered', event, `The record at ${place} was moved there; it belongs at ${origin}.`);
        if (!found.has(place) && !this.putIn.has(event)) this.missing(place, place);
      } else if (this.putIn.has(event)) this.note('inserted', event, `Record ${place} was put in.`);
      else this.note('changed', event, `Record ${place} was changed.`);
    }
    for (const { from, to } of this.vacant) if (from !== to || !found.has(from)) this.missing(from, to);
  }

  private missing(from: number, to: number): void {
    const message = from === to ? `Record ${from} was removed.` : `Records ${from} to ${to} were removed.`;
    this.problems.push({ kind: 'removed', sequence: from, eventId: null, message });
  }

  private note(kind: ProblemKind, event: AuditEvent | null, message: string): void {
    this.problems.push({ kind, sequence: event?.sequence ?? this.place, eventId: event?.id ?? null, message });
  }
}

const isSound = (event: AuditEvent): boolean => event.hash === hashRecord(event);
