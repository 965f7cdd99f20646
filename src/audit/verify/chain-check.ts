import type { AuditEvent } from '../audit-event.entity.js';
import { GENESIS_HASH, hashRecord } from '../record.js';
import { findOrigins, type Suspect } from './displaced.js';
import { PROBLEMS_MAX, type Place, type Problem, type ProblemKind } from './problem.js';

/** A checked record, and whether it was found to be changed. */
interface CheckedRecord {
  event: AuditEvent;
  isChanged: boolean;
}

/**
 * Checks a merchant's chain record by record, in the order of their positions. A record's own hash confirms its content, and its previous
 * hash confirms the record before it. When two neighbouring records contradict each other, the one that is contradicted a second time was
 * changed.
 */
export class ChainCheck {
  entries = 0;
  private readonly problems: Problem[] = [];
  private readonly suspects: Suspect[] = [];
  private readonly inserted = new Set<AuditEvent>();
  private readonly gaps: { from: number; to: number }[] = [];
  /** The records at the latest position. */
  private latest: AuditEvent[] = [];
  /** The records at the position before, which are checked once the records that follow are known. */
  private unchecked: AuditEvent[] = [];
  private position = 0;
  /** The previous hash that the next record should hold; `null` after a gap. */
  private expected: string | null = GENESIS_HASH;
  private beforeExpected: string | null = null;
  private last: CheckedRecord | null = null;

  /**
   * @param head the stored head of the chain
   * @param kept a head that was stored elsewhere
   */
  constructor(
    private readonly head: Place | null,
    private readonly kept: Place | null,
  ) {}

  get hasEnough(): boolean {
    return this.problems.length + this.suspects.length >= PROBLEMS_MAX;
  }

  /** Adds the next record. */
  add(event: AuditEvent): void {
    this.entries += 1;
    if (this.latest[0]?.sequence === event.sequence) {
      this.latest.push(event);
      return;
    }
    this.advance();
    this.latest = [event];
  }

  /** Adds a record after the head. */
  addBeyond(event: AuditEvent): void {
    this.entries += 1;
    this.addInserted(event);
  }

  /** Completes the check, and returns the first problems in the order of their positions. */
  finish(isComplete: boolean): Problem[] {
    this.advance();
    this.advance();
    if (isComplete) this.checkEnd();
    this.resolveSuspects();
    return this.problems.toSorted((a, b) => a.sequence - b.sequence).slice(0, PROBLEMS_MAX);
  }

  /** Checks the position before the latest one, now that all records at the latest one are known. */
  private advance(): void {
    if (this.unchecked.length > 0) this.checkPosition(this.unchecked);
    this.unchecked = this.latest;
    this.latest = [];
  }

  private checkPosition(candidates: AuditEvent[]): void {
    const position = candidates[0]?.sequence ?? 0;
    if (position <= this.position) {
      for (const event of candidates) this.addInserted(event);
      return;
    }
    if (position > this.position + 1) this.addGap(this.position + 1, position - 1);
    this.position = position;
    const stated = this.findStatedHashes(position);
    const event =
      candidates.find(({ hash }) => hash !== null && stated?.has(hash)) ??
      candidates.find((one) => isSound(one) && one.previousHash === this.expected) ??
      candidates[0];
    if (!event) return;
    for (const other of candidates) if (other !== event) this.addInserted(other);
    this.checkRecord(event, stated);
    if (this.kept?.sequence === position && this.kept.hash !== event.hash)
      this.report(
        'rewritten',
        event,
        `Record ${position} does not have the hash that was stored elsewhere: the chain was rewritten.`,
      );
    this.beforeExpected = this.expected;
    this.expected = event.hash;
  }

  /**
   * @param stated this record's hash as stated by the records directly after it, or by the head; `null` if neither states one
   */
  private checkRecord(event: AuditEvent, stated: Set<string | null> | null): void {
    const follows = this.expected === null || event.previousHash === this.expected;
    const precedes = stated === null || stated.has(event.hash);
    const isChanged = !isSound(event) || (!follows && (!precedes || !this.last));
    if (!follows && this.last) this.checkLast(this.last, event, isChanged);
    const { position } = this;
    if (!isSound(event)) this.suspects.push({ event, position });
    else if (isChanged) this.report('changed', event, `Record ${position} was changed, and its hash with it.`);
    else if (!precedes && position === this.head?.sequence)
      this.report(
        'head',
        event,
        `The stored head of the chain does not match record ${position}: one of the two was changed.`,
      );
    this.last = { event, isChanged };
  }

  /** Decides what happened to the last record, whose hash the current one contradicts. */
  private checkLast(last: CheckedRecord, event: AuditEvent, isChanged: boolean): void {
    const position = this.position - 1;
    if (this.beforeExpected !== null && event.previousHash === this.beforeExpected) {
      if (last.isChanged) this.inserted.add(last.event);
      else this.report('inserted', last.event, `Record ${position} was inserted.`);
    } else if (!last.isChanged && !isChanged) {
      this.report('changed', last.event, `Record ${position} was changed, and its hash with it.`);
    }
  }

  /**
   * Returns the hash of the record at a position as stated by the records at the next position, or for the last record by the head. There
   * may be several records at the next position, and so several hashes.
   */
  private findStatedHashes(position: number): Set<string | null> | null {
    if (this.latest[0]?.sequence === position + 1) return new Set(this.latest.map(({ previousHash }) => previousHash));
    return this.head?.sequence === position ? new Set([this.head.hash]) : null;
  }

  private addGap(from: number, to: number): void {
    this.gaps.push({ from, to });
    this.expected = null;
    this.beforeExpected = null;
    this.last = null;
  }

  private checkEnd(): void {
    const { head, kept } = this;
    if (head && head.sequence > this.position) this.addGap(this.position + 1, head.sequence);
    if (!head && this.position > 0) this.report('head', null, 'The stored head of the chain was removed.');
    const end = head?.sequence ?? this.position;
    if (kept && kept.sequence > end)
      this.problems.push({
        kind: 'removed',
        sequence: end + 1,
        eventId: null,
        message: `The chain ends at record ${end}, but the head that was stored elsewhere is record ${kept.sequence}.`,
      });
  }

  /** Adds a record at a position that already has one, or can't have one. */
  private addInserted(event: AuditEvent): void {
    if (isSound(event)) {
      this.report('inserted', event, `Record ${event.sequence} was inserted.`);
      return;
    }
    this.inserted.add(event);
    this.suspects.push({ event, position: event.sequence ?? 0 });
  }

  /** Separates the suspects that were moved from those that were changed, and reports the gaps whose records weren't found elsewhere. */
  private resolveSuspects(): void {
    const vacant = this.gaps.flatMap(({ from, to }) =>
      Array.from({ length: Math.min(PROBLEMS_MAX, to - from + 1) }, (_, index) => from + index),
    );
    const origins = findOrigins(this.suspects, vacant.slice(0, PROBLEMS_MAX));
    const found = new Set(origins.values());
    for (const suspect of this.suspects) {
      const { event, position } = suspect;
      const origin = origins.get(suspect);
      if (origin !== undefined) {
        this.report('reordered', event, `The record at position ${position} was moved there from position ${origin}.`);
        if (!found.has(position) && !this.inserted.has(event)) this.reportRemoved(position, position);
      } else if (this.inserted.has(event)) this.report('inserted', event, `Record ${position} was inserted.`);
      else this.report('changed', event, `Record ${position} was changed.`);
    }
    for (const { from, to } of this.gaps) if (from !== to || !found.has(from)) this.reportRemoved(from, to);
  }

  private reportRemoved(from: number, to: number): void {
    const message = from === to ? `Record ${from} was removed.` : `Records ${from} to ${to} were removed.`;
    this.problems.push({ kind: 'removed', sequence: from, eventId: null, message });
  }

  private report(kind: ProblemKind, event: AuditEvent | null, message: string): void {
    this.problems.push({ kind, sequence: event?.sequence ?? this.position, eventId: event?.id ?? null, message });
  }
}

const isSound = (event: AuditEvent): boolean => event.hash === hashRecord(event);
