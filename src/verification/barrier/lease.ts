import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { MoreThan, type Repository } from 'typeorm';
import { LeaseConnection } from '../../platform/database/connections.js';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { Instance } from './instance.entity.js';
import { KeyChange, KeyRevision } from './key-change.entity.js';
import { ImportedFormats } from '../cache/imported-formats.js';
import { KeyCache } from '../cache/key-cache.js';
import { moment, CacheValidity } from '../cache/cache-validity.js';

/** How long a lease lasts, by the database's clock. */
export const LEASE_MS = 3000;

/** How much earlier the process itself stops trusting: room for clocks that don't run alike. */
const MARGIN_MS = 500;

const TRUSTED_MS = LEASE_MS - MARGIN_MS;

const RENEW_EVERY_MS = 1000;
const POLL_EVERY_MS = 100;
const LOOK_EVERY_MS = 10;

/**
 * This process's place among the instances: it hears of key changes about every 100 ms, says which it has applied, and renews its lease
 * about every second. (Gray and Cheriton, "Leases", SOSP 1989.)
 */
@Injectable()
export class Lease implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly instanceId = randomUUID();
  /** Processes that hold a lease, this one among them. */
  liveInstances = 1;
  private readonly instances: Repository<Instance>;
  private readonly changes: Repository<KeyChange>;
  private readonly revisions: Repository<KeyRevision>;
  private readonly logger = new Logger('Keywright');
  private applied = 0;
  private renewedAtMs = Number.NEGATIVE_INFINITY;
  private countedAtMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;
  private isLost = false;

  constructor(
    private readonly connection: LeaseConnection,
    private readonly formats: ImportedFormats,
    private readonly cache: KeyCache,
    private readonly validity: CacheValidity,
  ) {
    this.instances = connection.manager.getRepository(Instance);
    this.changes = connection.manager.getRepository(KeyChange);
    this.revisions = connection.manager.getRepository(KeyRevision);
  }

  /** How long ago it was renewed. */
  get ageMs(): number {
    return performance.now() - this.renewedAtMs;
  }

  /** Comes back once this process trusts nothing older than a revision. */
  async reached(revision: number): Promise<void> {
    while (this.applied < revision && this.validity.holds()) await sleep(LOOK_EVERY_MS);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.rejoin();
    this.schedule();
  }

  /** Leaves the others, so that nobody waits for this process any more. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
    this.validity.end();
    await this.write((instances) => instances.delete({ id: this.instanceId })).catch(() => undefined);
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.running = this.tick().finally(() => {
        if (!this.isStopped) this.schedule();
      });
    }, POLL_EVERY_MS);
  }

  private async tick(): Promise<void> {
    try {
      await this.poll();
      if (this.isLost) this.logger.warn('The database answers again.');
      this.isLost = false;
    } catch (error) {
      if (!this.isLost)
        this.logger.warn(`The database doesn't answer: ${error instanceof Error ? error.message : String(error)}`);
      this.isLost = true;
    }
  }

  /** Applies what has changed, then says so and renews the lease. */
  private async poll(): Promise<void> {
    const asked = moment();
    const changes = await this.changes.find({
      where: { revision: MoreThan(this.applied) },
      order: { revision: 'ASC' },
    });
    const latest = changes.at(-1)?.revision ?? this.applied;
    // Revisions have no gaps: a change that can't be seen among later ones has been missed.
    if (latest - this.applied !== changes.length) return this.rejoin();
    if (changes.some(({ kind }) => kind === 'import')) await this.formats.load();
    for (const { kind, subject } of changes) this.cache.invalidate({ kind, id: subject });
    this.applied = latest;
    if (changes.length === 0 && asked.steadyMs - this.renewedAtMs < RENEW_EVERY_MS) return;

    // The lease goes on only if it hasn't run out, by the database's clock when it is asked nor by the own ones when it has answered:
    // else somebody may not have waited for this process.
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
    this.validity.extend(asked, TRUSTED_MS);
    this.renewedAtMs = asked.steadyMs;
    await this.countLive();
  }

  /** Takes a new lease with an empty keyring: what was missed before it is no matter. */
  private async rejoin(): Promise<void> {
    this.validity.end();
    this.cache.clear();
    this.applied = (await this.revisions.findOneByOrFail({ id: 1 })).value;
    await this.formats.load();
    const asked = moment();
    const leaseUntil = (): string => `${databaseTimeMs(this.instances)} + ${LEASE_MS}`;
    await this.write(async (instances) => {
      await instances.delete({ id: this.instanceId });
      const row = { id: this.instanceId, leaseUntil, appliedRevision: this.applied };
      await instances.createQueryBuilder().insert().values(row).execute();
    });
    this.validity.begin(asked, TRUSTED_MS);
    this.renewedAtMs = asked.steadyMs;
    this.countedAtMs = Number.NEGATIVE_INFINITY;
    await this.countLive();
  }

  private async countLive(): Promise<void> {
    if (performance.now() - this.countedAtMs < RENEW_EVERY_MS) return;
    const live = `lease_until > ${databaseTimeMs(this.instances)}`;
    this.liveInstances = Math.max(1, await this.instances.createQueryBuilder().where(live).getCount());
    this.countedAtMs = performance.now();
  }

  private write<T>(work: (instances: Repository<Instance>) => Promise<T>): Promise<T> {
    return this.connection.transaction((manager) => work(manager.getRepository(Instance)));
  }
}
