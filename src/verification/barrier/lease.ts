import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Repository } from 'typeorm';
import { PriorityConnections } from '../../platform/database/priority-connections.js';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { readVersion } from '../../platform/runtime/version.js';
import { Hints, type Peer } from './hints/hints.js';
import { Instance } from './instance.entity.js';
import { InstanceVerifiers } from './instance-verifiers.entity.js';
import type { InvalidationKind, StaleEntries } from '../../platform/events/invalidation.js';
import { KeyRevision } from '../key-change.entity.js';
import { ImportedFormats } from '../cache/imported-formats.js';
import { KeyCache } from '../cache/key-cache.js';
import { CacheValidity, readClocks } from '../cache/cache-validity.js';

/** The length of a lease, by the database's clock. */
export const LEASE_MS = 3000;

/** How much earlier a process treats its own lease as expired, because its clock and the database's may run at different speeds. */
const MARGIN_MS = 500;

const VALID_MS = LEASE_MS - MARGIN_MS;

const RENEW_EVERY_MS = 1000;
const POLL_EVERY_MS = 100;

/** The interval of polls while no other instance is known to hold a lease: others' changes then come from commands, or from one that has just joined. */
const POLL_ALONE_EVERY_MS = 250;

const CHECK_EVERY_MS = 10;

/** The least time between the end of a poll and the next one that a hint causes, so that many changes are read together. */
const WOKEN_AFTER_MS = 5;

/** How many changes are read and applied at a time. */
const CHANGES_AT_ONCE = 500;

/** A change that this process has applied to its cache. */
export interface AppliedChange extends StaleEntries {
  revision: number;
  /** The merchant whose keys it concerns; `null` if that isn't known. */
  merchantId: string | null;
}

/** Gives others leases that rely on this one. */
export interface LeaseFollower {
  /** Changes have been applied, in the order of their revisions, and are not recorded as applied yet. */
  applied(changes: readonly AppliedChange[]): void;
  renewed(): void;
  /** The lease is lost. Resolves once no lease relies on it any more. */
  lost(): Promise<void>;
}

/**
 * This process's lease. The process reads new key changes about every 100 ms, or 250 ms while no other process holds a lease, applies them to its
 * cache, and records the latest revision that it has applied. It renews its lease about every second. (Gray and Cheriton, "Leases", SOSP 1989.)
 */
@Injectable()
export class Lease implements OnApplicationBootstrap, OnApplicationShutdown {
  /** The number of instances that hold a lease, including this one. */
  liveInstances = 1;
  private readonly instances: Repository<Instance>;
  private readonly revisions: Repository<KeyRevision>;
  private readonly logger = new Logger('Keywright');
  private readonly version = readVersion();
  private applied = 0;
  private renewedAtMs = Number.NEGATIVE_INFINITY;
  private countedAtMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;
  private isPolling = false;
  private isWoken = false;
  private polledAtMs = Number.NEGATIVE_INFINITY;
  private readonly releaseTasks: (() => Promise<void>)[] = [];
  private readonly followers: LeaseFollower[] = [];
  private isLost = false;

  constructor(
    private readonly connections: PriorityConnections,
    private readonly formats: ImportedFormats,
    private readonly cache: KeyCache,
    private readonly hints: Hints,
    private readonly validity: CacheValidity,
  ) {
    this.instances = connections.manager.getRepository(Instance);
    this.revisions = connections.manager.getRepository(KeyRevision);
  }

  get instanceId(): string {
    return this.hints.instanceId;
  }

  /** The revision of the latest change that this process has applied to its cache. */
  get appliedRevision(): number {
    return this.applied;
  }

  /** The time since the lease was last renewed. */
  get ageMs(): number {
    return performance.now() - this.renewedAtMs;
  }

  /** Resolves once this process has applied a revision, or no longer answers from its cache. */
  async waitUntilApplied(revision: number): Promise<void> {
    if (this.applied < revision) this.wake();
    while (this.applied < revision && this.validity.holds()) await sleep(CHECK_EVERY_MS);
  }

  follow(follower: LeaseFollower): void {
    this.followers.push(follower);
  }

  /** Has a task run before the lease is given up, such as giving back what the lease entitles to. */
  beforeRelease(task: () => Promise<void>): void {
    this.releaseTasks.push(task);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.hints.open();
    this.hints.onChanges(() => this.wake());
    await this.rejoin();
    this.schedule(this.pollEveryMs);
  }

  /** Gives up the lease, so that no other instance waits for this one. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.hints.close();
    clearTimeout(this.timer);
    await this.running;
    await Promise.allSettled(this.releaseTasks.map((task) => task()));
    this.validity.end();
    await this.write(async (instances) => {
      await instances.delete({ id: this.instanceId });
      await instances.manager.delete(InstanceVerifiers, { instanceId: this.instanceId });
    }).catch(() => undefined);
  }

  private get pollEveryMs(): number {
    return this.liveInstances === 1 ? POLL_ALONE_EVERY_MS : POLL_EVERY_MS;
  }

  private schedule(afterMs: number): void {
    this.timer = setTimeout(() => {
      this.isPolling = true;
      this.running = this.tick().finally(() => {
        this.isPolling = false;
        this.polledAtMs = performance.now();
        if (!this.isStopped) this.schedule(this.isWoken ? WOKEN_AFTER_MS : this.pollEveryMs);
      });
      this.isWoken = false;
    }, afterMs);
  }

  /** Reads changes as soon as may be, because there are some. */
  wake(): void {
    if (this.isStopped || this.isWoken) return;
    this.isWoken = true;
    if (this.isPolling) return;
    clearTimeout(this.timer);
    this.schedule(Math.max(0, WOKEN_AFTER_MS - (performance.now() - this.polledAtMs)));
  }

  private async tick(): Promise<void> {
    try {
      await this.poll();
      if (this.isLost) this.logger.warn('The database is responding again.');
      this.isLost = false;
    } catch (error) {
      if (!this.isLost)
        this.logger.warn(`The database is not responding: ${error instanceof Error ? error.message : String(error)}`);
      this.isLost = true;
    }
  }

  /** Applies new changes, then records the revision that has been applied and renews the lease. */
  private async poll(): Promise<void> {
    const startedAt = readClocks();
    const changes = await this.readChanges();
    const latest = changes.at(-1)?.revision ?? this.applied;
    // Revisions have no gaps. If one is missing, it was deleted before this process could read it.
    if (latest - this.applied !== changes.length) return this.rejoin();
    await this.formats.apply(changes);
    for (const { kind, id } of changes) this.cache.invalidate({ kind, id });
    this.applied = latest;
    if (changes.length > 0) for (const follower of this.followers) follower.applied(changes);
    if (changes.length === CHANGES_AT_ONCE) return this.poll();
    if (changes.length === 0 && startedAt.steadyMs - this.renewedAtMs < RENEW_EVERY_MS) return;

    // A lease is renewed only if it hasn't expired: neither by the database's clock when the statement runs, nor by the process's own
    // clocks when it returns. Once it has expired, other instances may not have waited for this one.
    const now = databaseTimeMs(this.instances);
    const { affected } = await this.write((instances) =>
      instances
        .createQueryBuilder()
        .update()
        .set({ leaseUntil: () => `${now} + ${LEASE_MS}`, appliedRevision: this.applied })
        .where(`id = :id AND lease_until > ${now}`, { id: this.instanceId })
        .execute(),
    );
    if (affected === 0 || !this.validity.holds()) return this.rejoin();
    this.validity.extend(startedAt, VALID_MS);
    this.renewedAtMs = startedAt.steadyMs;
    this.hints.tellOfApplied();
    for (const follower of this.followers) follower.renewed();
    await this.countLive();
  }

  /** Reads the next changes, as many as are applied at a time. */
  private async readChanges(): Promise<AppliedChange[]> {
    const rows = await this.connections.manager.query<
      { revision: number | string; kind: InvalidationKind; id: string; merchantId: string | null }[]
    >(
      `SELECT revision, kind, subject AS id, merchant_id AS merchantId FROM key_change WHERE revision > ? ORDER BY revision LIMIT ${CHANGES_AT_ONCE}`,
      [this.applied],
    );
    return rows.map((row) => ({ ...row, revision: Number(row.revision) }));
  }

  /** Takes a new lease with an empty cache, so that it doesn't matter which changes the process has missed. */
  private async rejoin(): Promise<void> {
    this.validity.end();
    this.cache.clear();
    await Promise.all(this.followers.map((follower) => follower.lost()));
    this.applied = (await this.revisions.findOneByOrFail({ id: 1 })).value;
    await this.formats.load();
    const startedAt = readClocks();
    const leaseUntil = (): string => `${databaseTimeMs(this.instances)} + ${LEASE_MS}`;
    await this.write(async (instances) => {
      await instances.delete({ id: this.instanceId });
      await instances.manager.delete(InstanceVerifiers, { instanceId: this.instanceId });
      const { address: hintAddress, key: hintKey } = this.hints.place ?? { address: null, key: null };
      const { instanceId: id, applied: appliedRevision, version } = this;
      const row = { id, leaseUntil, appliedRevision, hintAddress, hintKey, version };
      await instances.createQueryBuilder().insert().values(row).execute();
    });
    this.validity.begin(startedAt, VALID_MS);
    this.renewedAtMs = startedAt.steadyMs;
    this.countedAtMs = Number.NEGATIVE_INFINITY;
    await this.countLive();
  }

  private async countLive(): Promise<void> {
    if (performance.now() - this.countedAtMs < RENEW_EVERY_MS) return;
    const live = await this.instances
      .createQueryBuilder()
      .where(`lease_until > ${databaseTimeMs(this.instances)}`)
      .getMany();
    this.liveInstances = Math.max(1, live.length);
    this.hints.peers = live.filter(({ id }) => id !== this.instanceId).flatMap(toPeer);
    this.countedAtMs = performance.now();
  }

  private write<T>(work: (instances: Repository<Instance>) => Promise<T>): Promise<T> {
    return this.connections.transaction((manager) => work(manager.getRepository(Instance)));
  }
}

const toPeer = ({ id, hintAddress: address, hintKey: key }: Instance): Peer[] =>
  address === null || key === null ? [] : [{ id, address, key }];
