import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import type { Repository } from 'typeorm';
import { LeaseConnection } from '../../platform/database/connections.js';
import { isGalera } from '../../platform/database/galera/is-galera.js';
import { advance } from '../../platform/database/counters.js';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { Histogram } from '../../platform/observability/metrics/histogram.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { withSpan } from '../../platform/observability/traces/span.js';
import { Transaction } from '../../platform/database/transactions/transactions.js';
import { inBatches } from '../../platform/runtime/batches.js';
import { withTimeout } from '../in-time.js';
import { Instance } from './instance.entity.js';
import { KeyChange, KeyRevision, type Subject } from './key-change.entity.js';
import { ImportedFormats } from '../cache/imported-formats.js';
import { KeyCache } from '../cache/key-cache.js';
import { Lease, LEASE_MS } from './lease.js';

/** How often to look whether the others have applied a change. */
const LOOK_EVERY_MS = 15;

/** Rows in one statement. */
const BATCH = 500;

/** How long an instance is waited for beyond its lease, because the servers of one database may differ in what time it is. */
const CLOCKS_APART_MS = 2000;

const WAIT_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 4];

interface Waiter {
  revision: number;
  release: () => void;
}

/**
 * Revoked means revoked. Whatever can make a good key bad, or change what it may do, is announced in the transaction that changes it, and
 * the caller is answered once every instance that may still trust its memory has applied it, and never later than a lease's length
 * after the commit: by then, whoever trusts its memory has asked since. An instance whose lease has run out isn't waited for: it asks
 * the database until it has a new one.
 */
@Injectable()
export class RevocationBarrier {
  /** How long changes took to reach all instances. */
  readonly waits = new Histogram(WAIT_BOUNDS);
  private readonly announced = new WeakMap<Transaction, Subject[]>();
  private readonly waiters = new Set<Waiter>();
  private readonly instances: Repository<Instance>;
  private readonly revisions: Repository<KeyRevision>;
  private isLooking = false;
  private turns: Promise<void> = Promise.resolve();

  constructor(
    private readonly formats: ImportedFormats,
    private readonly cache: KeyCache,
    private readonly lease: Lease,
    { manager }: LeaseConnection,
  ) {
    this.instances = manager.getRepository(Instance);
    this.revisions = manager.getRepository(KeyRevision);
  }

  /** Changes that haven't reached all instances yet. */
  get waiting(): number {
    return this.waiters.size;
  }

  /** Every domain event passes here; those that touch a key's power pass the barrier. */
  @OnEvent('*.*', { suppressErrors: false })
  announce(event: DomainEvent, tx: Transaction): void {
    const subjects = subjectsOf(event);
    if (subjects.length === 0) return;
    const already = this.announced.get(tx);
    if (already) {
      already.push(...subjects);
      return;
    }
    this.announced.set(tx, subjects);
    let revision = 0;
    tx.beforeCommit(async () => {
      if (await isGalera(tx.manager)) tx.atEnd(await this.lockRevisions());
      revision = await this.append(tx, subjects);
    });
    tx.afterCommit(async () => {
      const startMs = performance.now();
      await withSpan('wait for instances', () => this.applyEverywhere(subjects, revision));
      this.waits.observe((performance.now() - startMs) / 1000);
    });
  }

  /**
   * Comes back once it is this transaction's turn of this process, with what ends it. When another node of a Galera cluster takes a revision, all
   * that hold the counter on this one, or wait for its lock, fail and begin anew: so only one does.
   */
  private async lockRevisions(): Promise<() => void> {
    const before = this.turns;
    let end: () => void = () => undefined;
    this.turns = new Promise((resolve) => (end = resolve));
    await before;
    return end;
  }

  /** Takes the next revisions. The counter stays locked until the commit, so that revisions become visible in their order. */
  private async append(tx: Transaction, subjects: Subject[]): Promise<number> {
    const value = await advance(tx.manager, KeyRevision, 1, 'value', subjects.length);
    const first = value - subjects.length + 1;
    const createdAtMs = (): string => databaseTimeMs(this.instances);
    const rows = subjects.map(({ kind, id }, index) => ({ revision: first + index, kind, subject: id, createdAtMs }));
    for (const batch of inBatches(rows, BATCH)) await tx.manager.insert(KeyChange, batch);
    return value;
  }

  private async applyEverywhere(subjects: Subject[], revision: number): Promise<void> {
    if (subjects.some(({ kind }) => kind === 'import')) await this.formats.load();
    for (const subject of subjects) this.cache.invalidate(subject);
    await this.waitForInstances(revision);
  }

  /** Comes back once no instance, this one among them, trusts anything older than what is committed by now, whoever committed it. */
  async settled(): Promise<void> {
    const { value } = await this.revisions.findOneByOrFail({ id: 1 });
    await Promise.all([this.lease.reached(value), this.waitForInstances(value)]);
  }

  private async waitForInstances(revision: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const waiter = {
        revision,
        release: (): void => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.release, LEASE_MS);
      this.waiters.add(waiter);
      if (!this.isLooking) void this.pollInstances();
    });
  }

  /** One look for all who wait. */
  private async pollInstances(): Promise<void> {
    this.isLooking = true;
    while (this.waiters.size > 0) {
      // Only those who waited before the question may be released by its answer.
      const asking = [...this.waiters];
      const applied = await withTimeout(this.appliedByOthers()).catch(() => 0);
      for (const waiter of asking) if (waiter.revision <= applied) waiter.release();
      if (this.waiters.size > 0) await sleep(LOOK_EVERY_MS);
    }
    this.isLooking = false;
  }

  /** The latest revision that all other instances with a live lease have applied; infinite when there are none. */
  private async appliedByOthers(): Promise<number> {
    const row = await this.instances
      .createQueryBuilder('instance')
      .select('MIN(instance.appliedRevision)', 'applied')
      .where(`instance.leaseUntil > ${databaseTimeMs(this.instances)} - ${CLOCKS_APART_MS} AND instance.id <> :own`, {
        own: this.lease.instanceId,
      })
      .getRawOne<{ applied: string | number | null }>();
    return row?.applied == null ? Number.POSITIVE_INFINITY : Number(row.applied);
  }
}

/**
 * What of the keys' power an event touches. A new key needs no barrier: nobody could have asked for its id before.
 * An imported one does, because it may have been asked for and be remembered as nobody's.
 */
function subjectsOf({ name, targetId, details }: DomainEvent): Subject[] {
  switch (name) {
    case 'api_key.updated':
    case 'api_key.rotated':
    case 'api_key.previous_ended':
    case 'api_key.deleted':
    case 'session.revoked':
      // A key is remembered by each of its credentials.
      return [details.publicId, details.previousPublicId, details.endedPublicId]
        .filter((id) => typeof id === 'string')
        .map((id) => ({ kind: 'key', id }));
    case 'api_key.imported':
    case 'import_format.created':
      return [{ kind: 'import', id: targetId }];
    case 'account.power_changed':
      return [{ kind: 'account', id: targetId }];
    case 'application.updated':
    case 'application.deleted':
      return [{ kind: 'application', id: targetId }];
    case 'merchant.updated':
      return [{ kind: 'merchant', id: targetId }];
    default:
      return [];
  }
}
