import type { EventEmitter2 } from '@nestjs/event-emitter';
import type { EntityManager } from 'typeorm';
import type { AuditTrailEntry } from '../../events/audit-trail-entry.js';
import type { DomainEvent } from '../../events/domain-event.js';
import { EVERY_EVENT, SEALED } from '../../events/listening.js';
import { letOthersIn } from '../../runtime/turns.js';

/**
 * The phases at the end of a transaction, in their order. Before the commit: rows that complete the change, the records of the audit trail, and
 * last the revisions of key changes, because their counter stays locked until the commit. After the commit: background tasks of this process
 * are woken, then the transaction waits until every instance has applied its key changes.
 */
const BEFORE_COMMIT = ['complete', 'record', 'invalidate'] as const;
const AFTER_COMMIT = ['announce', 'wait'] as const;

export type TransactionPhase = (typeof BEFORE_COMMIT)[number] | (typeof AFTER_COMMIT)[number];

/** How many events a transaction publishes before other requests have their turn. */
const EVENTS_AT_ONCE = 5;

type Task = () => Promise<void> | void;

/** One unit of work: everything done through it is committed together or not at all. */
export class Transaction {
  private readonly tasks: Partial<Record<TransactionPhase, Task[]>> = {};
  private readonly cleanups: (() => void)[] = [];
  private published = 0;

  constructor(
    readonly manager: EntityManager,
    private readonly events: EventEmitter2,
  ) {}

  /** Defers `task` to a phase. A failure before the commit undoes the transaction. The caller is answered after the last phase. */
  during(phase: TransactionPhase, task: Task): void {
    (this.tasks[phase] ??= []).push(task);
  }

  /** Calls `cleanup` when this transaction has ended, whether it was committed or not. */
  finally(cleanup: () => void): void {
    this.cleanups.push(cleanup);
  }

  async prepareCommit(): Promise<void> {
    for (const phase of BEFORE_COMMIT) await this.enter(phase);
  }

  async afterCommit(): Promise<void> {
    for (const phase of AFTER_COMMIT) await this.enter(phase);
  }

  end(): void {
    for (const cleanup of this.cleanups) cleanup();
  }

  /** Passes an event to its listeners, who act within this transaction; one that fails undoes it. */
  async publish(event: DomainEvent): Promise<void> {
    this.published += 1;
    if (this.published % EVENTS_AT_ONCE === 0) await letOthersIn();
    await this.events.emitAsync(EVERY_EVENT, event, this);
    await this.events.emitAsync(event.name, event, this);
  }

  /** Passes audit trail entries that have received their places to those who notify others, who act within this transaction. */
  async publishSealed(entries: AuditTrailEntry[]): Promise<void> {
    await this.events.emitAsync(SEALED, entries, this);
  }

  private async enter(phase: TransactionPhase): Promise<void> {
    for (const task of this.tasks[phase] ?? []) await task();
  }
}
