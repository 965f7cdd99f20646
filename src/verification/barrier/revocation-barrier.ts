import { Injectable } from '@nestjs/common';
import type { Repository } from 'typeorm';
import { PriorityConnections } from '../../platform/database/priority-connections.js';
import { isGalera } from '../../platform/database/galera/is-galera.js';
import { advance } from '../../platform/database/counters.js';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { Histogram } from '../../platform/observability/metrics/histogram.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import type { Invalidation } from '../../platform/events/invalidation.js';
import { OnEveryEvent } from '../../platform/events/listening.js';
import { placeholders } from '../../platform/database/placeholders.js';
import { withSpan } from '../../platform/observability/traces/span.js';
import { Transaction } from '../../platform/database/transactions/transaction.js';
import { withTimeout } from '../../platform/database/with-timeout.js';
import { inBatches } from '../../platform/runtime/batches.js';
import { Hints } from './hints/hints.js';
import { Instance } from './instance.entity.js';
import { KeyChange, KeyRevision } from '../key-change.entity.js';
import { ImportedFormats } from '../cache/imported-formats.js';
import { KeyCache } from '../cache/key-cache.js';
import { Lease, LEASE_MS } from './lease.js';
import { RevocationJournal } from '../journal/revocation-journal.js';
import { revocationOf, type Revocation } from '../journal/revocation.js';

/** The longest interval between two reads of what the other instances have applied. */
const CHECK_EVERY_MS = 15;

/** Rows in one statement. */
const BATCH = 200;

/**
 * How long the barrier waits for an instance after its lease has expired, because the clocks of a cluster's database servers may differ.
 */
export const MAX_CLOCK_SKEW_MS = 2000;

const WAIT_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 4];

/** What an event invalidates and, with the first of these, what it revokes. */
interface Announced {
  invalidation: Invalidation;
  merchantId: string;
  revocation: Revocation | null;
}

interface Waiter {
  revision: number;
  /** The latest revision of each merchant whose keys are concerned. */
  merchants: ReadonlyMap<string, number>;
  release: () => void;
}

/**
 * Makes a revocation effective on every instance before the call that revokes returns. A change that can invalidate a key, or alter what it
 * may do, is announced to the instances in the transaction that makes the change. The call then waits until every instance with a live
 * lease has applied the change, but no longer than the length of a lease: by then, each instance has either renewed its lease, and so read
 * the change, or stopped answering from its cache. An instance whose lease has expired isn't waited for: it reads the database for every
 * key until it has a new lease. Verifiers that are attached to an instance rely on its lease. They are waited for as well, but only those of
 * the merchant whose keys are concerned.
 */
@Injectable()
export class RevocationBarrier {
  /** The time that changes took to reach all instances. */
  readonly waits = new Histogram(WAIT_BOUNDS);
  private readonly announced = new WeakMap<Transaction, Announced[]>();
  private readonly waiters = new Set<Waiter>();
  private readonly instances: Repository<Instance>;
  private readonly revisions: Repository<KeyRevision>;
  private isPolling = false;
  private revisionMutex: Promise<void> = Promise.resolve();

  constructor(
    private readonly formats: ImportedFormats,
    private readonly cache: KeyCache,
    private readonly hints: Hints,
    private readonly lease: Lease,
    private readonly journal: RevocationJournal,
    { manager }: PriorityConnections,
  ) {
    this.instances = manager.getRepository(Instance);
    this.revisions = manager.getRepository(KeyRevision);
  }

  /** The number of changes that haven't reached all instances yet. */
  get waiting(): number {
    return this.waiters.size;
  }

  /**
   * Collects what the events of a transaction invalidate. A transaction that invalidates anything takes revisions before its commit, and
   * waits for all instances, and for the line of the revocation journal, afterwards.
   */
  @OnEveryEvent()
  announce(event: DomainEvent, tx: Transaction): void {
    if (event.invalidates.length === 0) return;
    const earlier = this.announced.get(tx);
    const announced = earlier ?? [];
    const revocation = revocationOf(event);
    for (const [index, invalidation] of event.invalidates.entries())
      announced.push({ invalidation, merchantId: event.merchantId, revocation: index === 0 ? revocation : null });
    if (earlier) return;
    this.announced.set(tx, announced);
    let revision = 0;
    tx.during('invalidate', async () => {
      if (await isGalera(tx.manager)) tx.finally(await this.lockRevisions());
      revision = await this.append(tx, announced);
    });
    tx.during('wait', async () => {
      const startMs = performance.now();
      const first = revision - announced.length + 1;
      const written = this.journal.write(
        first,
        revision,
        announced.flatMap((one) => one.revocation ?? []),
      );
      const applied = withSpan('wait for instances', () => this.applyEverywhere(announced, first));
      await Promise.all([written, applied]);
      this.waits.observe((performance.now() - startMs) / 1000);
    });
  }

  /**
   * Waits until no other transaction of this process uses the revision counter, and returns a function that releases it. When another node
   * of a Galera cluster takes a revision, every transaction on this node that has locked the counter, or waits for its lock, fails and is
   * retried. The mutex limits that to one transaction per process.
   */
  private async lockRevisions(): Promise<() => void> {
    const previous = this.revisionMutex;
    let release: () => void = () => undefined;
    this.revisionMutex = new Promise((resolve) => (release = resolve));
    await previous;
    return release;
  }

  /** Takes the next revisions. The counter stays locked until the commit, so that revisions become visible in order. */
  private async append(tx: Transaction, announced: Announced[]): Promise<number> {
    const value = await advance(tx.manager, KeyRevision, 1, 'value', announced.length);
    const first = value - announced.length + 1;
    const rows = announced.map(({ invalidation: { kind, id }, merchantId, revocation }, index) => [
      first + index,
      kind,
      id,
      merchantId,
      revocation && JSON.stringify(revocation),
    ]);
    const row = `(?, ?, ?, ?, ?, ${databaseTimeMs(this.instances)})`;
    for (const batch of inBatches(rows, BATCH))
      await tx.manager.query(
        `INSERT INTO key_change (revision, kind, subject, merchant_id, revocation, created_at_ms) VALUES ${batch.map(() => row).join(', ')}`,
        batch.flat(),
      );
    return value;
  }

  private async applyEverywhere(announced: Announced[], first: number): Promise<void> {
    const invalidations = announced.map(({ invalidation }) => invalidation);
    await this.formats.apply(invalidations);
    for (const invalidation of invalidations) this.cache.invalidate(invalidation);
    const merchants = new Map(announced.map(({ merchantId }, index) => [merchantId, first + index]));
    await this.waitForInstances(first + announced.length - 1, merchants);
  }

  /**
   * Resolves once every instance with a live lease, including this one, has applied all changes that were committed before the call, and the
   * verifiers of a merchant have followed those of its keys.
   */
  async settled(merchantId: string): Promise<void> {
    const { value } = await this.revisions.findOneByOrFail({ id: 1 });
    const ofMerchant = (await this.instances.manager.maximum(KeyChange, 'revision', { merchantId })) ?? 0;
    const merchants = new Map([[merchantId, ofMerchant]]);
    await Promise.all([this.lease.waitUntilApplied(value), this.waitForInstances(value, merchants)]);
  }

  private async waitForInstances(revision: number, merchants: ReadonlyMap<string, number>): Promise<void> {
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        revision,
        merchants,
        release: (): void => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.release, LEASE_MS);
      this.waiters.add(waiter);
      this.hints.tellOfChanges();
      if (!this.isPolling) void this.pollInstances();
    });
  }

  /** Polls the other instances on behalf of all waiters. */
  private async pollInstances(): Promise<void> {
    this.isPolling = true;
    while (this.waiters.size > 0) {
      // The result says nothing about waiters that are added while the query runs.
      const waiters = [...this.waiters];
      const [applied, byVerifiers] = await withTimeout(
        Promise.all([this.readAppliedByOthers(), this.readAppliedByVerifiers(waiters)]),
      ).catch(() => [0, new Map<string, number>()] as const);
      for (const waiter of waiters)
        if (waiter.revision <= applied && hasReached(byVerifiers, waiter.merchants)) waiter.release();
      if (this.waiters.size > 0) await this.hints.untilApplied(CHECK_EVERY_MS);
    }
    this.isPolling = false;
  }

  /** Returns the latest revision that all other instances with a live lease have applied; infinity if there are none. */
  private async readAppliedByOthers(): Promise<number> {
    const row = await this.instances
      .createQueryBuilder('instance')
      .select('MIN(instance.appliedRevision)', 'applied')
      .where(`instance.leaseUntil > ${databaseTimeMs(this.instances)} - ${MAX_CLOCK_SKEW_MS} AND instance.id <> :own`, {
        own: this.lease.instanceId,
      })
      .getRawOne<{ applied: string | number | null }>();
    return row?.applied == null ? Number.POSITIVE_INFINITY : Number(row.applied);
  }

  /** Returns the latest revision that the verifiers of each merchant have followed at every instance with a live lease. */
  private async readAppliedByVerifiers(waiters: Waiter[]): Promise<Map<string, number>> {
    const merchantIds = [...new Set(waiters.flatMap(({ merchants }) => [...merchants.keys()]))];
    if (merchantIds.length === 0) return new Map();
    const rows = await this.instances.query<{ id: string; applied: string | number }[]>(
      `SELECT v.merchant_id AS id, MIN(v.applied_revision) AS applied FROM instance_verifiers v
        JOIN instance i ON i.id = v.instance_id
        WHERE v.merchant_id IN (${placeholders(merchantIds)})
          AND i.lease_until > ${databaseTimeMs(this.instances)} - ${MAX_CLOCK_SKEW_MS} GROUP BY v.merchant_id`,
      merchantIds,
    );
    return new Map(rows.map(({ id, applied }) => [id, Number(applied)]));
  }
}

/** Whether every merchant's revision has been reached by what relies on it, if anything does. */
function hasReached(applied: ReadonlyMap<string, number>, wanted: ReadonlyMap<string, number>): boolean {
  for (const [merchantId, revision] of wanted) if ((applied.get(merchantId) ?? revision) < revision) return false;
  return true;
}
