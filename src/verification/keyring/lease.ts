import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, MoreThan, type Repository } from 'typeorm';
import { databaseTimeMs, Writer } from '../../database.js';
import { Clock } from '../../domain/clock.js';
import { Instance } from './instance.entity.js';
import { KeyChange, KeyRevision } from './key-change.entity.js';
import { Keyring } from './keyring.js';
import { Trust } from './trust.js';

/** How long a lease lasts, by the database's clock. */
export const LEASE_MS = 3000;

/** How much earlier the process itself stops trusting: room for clocks that don't run alike. */
const MARGIN_MS = 500;

const RENEW_EVERY_MS = 1000;
const POLL_EVERY_MS = 100;
const PRUNE_EVERY_MS = 60_000;

/** How long changes and instances that have gone are kept. */
const KEPT_SECONDS = 3600;

/**
 * This process's place among the instances: it hears of key changes about every 100 ms, says which it has applied, and renews its lease
 * about every second. (Gray and Cheriton, "Leases", SOSP 1989.)
 */
@Injectable()
export class Lease implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly instanceId = randomUUID();
  /** Processes that hold a lease, this one among them. */
  liveInstances = 1;
  private readonly logger = new Logger('Keywright');
  private applied = 0;
  private renewedAtMs = Number.NEGATIVE_INFINITY;
  private prunedAtMs = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;
  private isLost = false;

  constructor(
    @InjectRepository(Instance) private readonly instances: Repository<Instance>,
    @InjectRepository(KeyChange) private readonly changes: Repository<KeyChange>,
    @InjectRepository(KeyRevision) private readonly revisions: Repository<KeyRevision>,
    private readonly clock: Clock,
    private readonly keyring: Keyring,
    private readonly trust: Trust,
    private readonly writer: Writer,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.join();
    this.schedule();
  }

  /** Leaves the others, so that nobody waits for this process any more. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.trust.end();
    await this.running;
    await this.write((instances) => instances.delete({ id: this.instanceId })).catch(() => undefined);
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.running = this.turn().finally(() => {
        if (!this.isStopped) this.schedule();
      });
    }, POLL_EVERY_MS);
  }

  private async turn(): Promise<void> {
    try {
      await this.keepUp();
      if (this.isLost) this.logger.warn('The database answers again.');
      this.isLost = false;
      await this.prune();
    } catch (error) {
      if (!this.isLost)
        this.logger.warn(`The database doesn't answer: ${error instanceof Error ? error.message : String(error)}`);
      this.isLost = true;
    }
  }

  /** Applies what has changed, then says so and renews the lease. */
  private async keepUp(): Promise<void> {
    const askedAtMs = performance.now();
    const changes = await this.changes.find({
      where: { revision: MoreThan(this.applied) },
      order: { revision: 'ASC' },
    });
    for (const { kind, subject } of changes) this.keyring.apply({ kind, id: subject });
    this.applied = changes.at(-1)?.revision ?? this.applied;
    if (changes.length === 0 && askedAtMs - this.renewedAtMs < RENEW_EVERY_MS) return;

    // The lease goes on only if it hasn't run out by the database's clock: else somebody may not have waited for this process.
    const now = databaseTimeMs(this.instances);
    const { affected } = await this.write((instances) =>
      instances
        .createQueryBuilder()
        .update()
        .set({ leaseUntil: () => `${now} + ${LEASE_MS}`, appliedRevision: this.applied })
        .where(`id = :id AND lease_until > ${now}`, { id: this.instanceId })
        .execute(),
    );
    if (affected === 0) return this.join();
    if (askedAtMs - this.renewedAtMs >= RENEW_EVERY_MS) this.liveInstances = await this.countLive();
    this.renewedAtMs = askedAtMs;
    this.trust.extend(askedAtMs + LEASE_MS - MARGIN_MS);
  }

  /** Takes a new lease with an empty keyring: what was missed before it is no matter. */
  private async join(): Promise<void> {
    this.trust.end();
    this.keyring.clear();
    this.applied = (await this.revisions.findOneByOrFail({ id: 1 })).value;
    const askedAtMs = performance.now();
    const leaseUntil = (): string => `${databaseTimeMs(this.instances)} + ${LEASE_MS}`;
    await this.write(async (instances) => {
      await instances.delete({ id: this.instanceId });
      const row = { id: this.instanceId, leaseUntil, appliedRevision: this.applied };
      await instances.createQueryBuilder().insert().values(row).execute();
    });
    this.renewedAtMs = askedAtMs;
    this.trust.begin(askedAtMs + LEASE_MS - MARGIN_MS);
  }

  private async countLive(): Promise<number> {
    const live = `lease_until > ${databaseTimeMs(this.instances)}`;
    return Math.max(1, await this.instances.createQueryBuilder().where(live).getCount());
  }

  private async prune(): Promise<void> {
    if (performance.now() - this.prunedAtMs < PRUNE_EVERY_MS) return;
    this.prunedAtMs = performance.now();
    const kept = this.clock.in(-KEPT_SECONDS);
    await this.writer.transaction(async (manager) => {
      await manager.delete(KeyChange, { createdAt: LessThan(kept) });
      await manager.delete(Instance, { leaseUntil: LessThan(kept.getTime()) });
    });
  }

  private write<T>(work: (instances: Repository<Instance>) => Promise<T>): Promise<T> {
    return this.writer.transaction((manager) => work(manager.getRepository(Instance)));
  }
}
