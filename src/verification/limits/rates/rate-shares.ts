import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import { BackgroundTask } from '../../../platform/runtime/background-task.js';
import { inBatches } from '../../../platform/runtime/batches.js';
import { Lease } from '../../barrier/lease.js';
import type { CachedKey } from '../../cache/cached-key.js';
import { SharedCounters } from '../../../platform/limits/shared-counters.js';
import { RateShare } from './rate-share.entity.js';
import { RateWindows } from './rate-windows.js';
import {
  exchangeShares,
  leaveShares,
  readShares,
  shareUnder,
  situationOf,
  type ShareClaim,
  type ShareTable,
} from './share-exchange.js';
import { equalShare, planShare } from './share-plan.js';

type Rate = NonNullable<CachedKey['rate']>;

const EXCHANGE_EVERY_MS = 500;

/** How long an instance needs more after it has refused a request. */
const SHORT_FOR_MS = 2000;

/** The smallest part of a limit that is worth moving. */
const WORTH_MOVING = 0.01;

/** How many times as long as an exchange takes until the next one begins, so that many unequal shares don't keep the database busy. */
const REST = 9;

/** Keys in one transaction. */
const BATCH = 200;

interface OwnShare {
  share: number;
  ofLimit: number;
  windowMs: number;
}

/**
 * The shares of rate limits that this instance may use without Redis: equal ones, until an instance needs more of a key's than its own. It then
 * takes what others don't use, in the background, once that has left their windows. A single instance has every limit to itself.
 */
@Injectable()
export class RateShares implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly own = new Map<string, OwnShare>();
  private readonly short = new Map<string, { limit: number; windowMs: number; untilMs: number }>();
  private readonly exchanging = new BackgroundTask(
    () => this.exchange(),
    'Shares of rate limits wait for the database',
  );
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;
  /** Whether no key had unequal shares when they were last read. */
  private areEqual = false;
  private notBeforeMs = 0;

  constructor(
    @InjectRepository(RateShare) private readonly shares: Repository<RateShare>,
    private readonly lease: Lease,
    private readonly shared: SharedCounters,
    private readonly transactions: Transactions,
    private readonly windows: RateWindows,
  ) {
    lease.beforeRelease(() => this.leave());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.exchanging.run(), EXCHANGE_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.exchanging.settled();
  }

  /** Returns the part of a key's rate limit that this instance may use. */
  shareOf(keyId: string, limit: number): number {
    if (this.own.size > 0) {
      const own = this.own.get(keyId);
      if (own) return shareUnder(limit, own);
    }
    const { liveInstances } = this.lease;
    return liveInstances === 1 ? limit : equalShare(limit, liveInstances);
  }

  /** Notes that a request was refused that the whole limit might have allowed. */
  refused(keyId: string, { limit, windowSeconds }: Rate): void {
    const untilMs = performance.now() + SHORT_FOR_MS;
    const already = this.short.get(keyId);
    if (already?.limit === limit) already.untilMs = untilMs;
    else this.short.set(keyId, { limit, windowMs: windowSeconds * 1000, untilMs });
  }

  private async exchange(): Promise<void> {
    const nowMs = performance.now();
    for (const [keyId, { untilMs }] of this.short) if (untilMs < nowMs) this.short.delete(keyId);
    // A single instance still respects what others have used before they stopped.
    const isAlone = this.lease.liveInstances === 1 && this.own.size === 0 && this.areEqual;
    if (isAlone || this.isStopping || this.shared.isReady || nowMs < this.notBeforeMs) return;
    const table = await readShares(this.shares.manager);
    this.areEqual = table.byKey.size === 0;
    await this.claimAll(table);
    this.notBeforeMs = performance.now() + REST * (performance.now() - nowMs);
  }

  private async claimAll(table: ShareTable): Promise<void> {
    for (const keyId of this.own.keys()) if (!table.byKey.has(keyId)) this.own.delete(keyId);
    const keyIds = new Set([...table.byKey.keys(), ...this.short.keys()]);
    const claims = [...keyIds].sort().flatMap((keyId) => this.claim(keyId, table) ?? []);
    // What isn't kept is given up before others can take it.
    for (const { keyId, limit, windowMs, keep } of claims)
      this.own.set(keyId, { share: keep, ofLimit: limit, windowMs });
    for (const batch of inBatches(claims, BATCH)) {
      const shares = await this.transactions.run((tx) => exchangeShares(tx, batch, this.lease.instanceId));
      for (const [index, { keyId, limit, windowMs }] of batch.entries()) {
        const share = shares[index] ?? null;
        if (share === null) this.own.delete(keyId);
        else this.own.set(keyId, { share, ofLimit: limit, windowMs });
      }
    }
  }

  /** Returns what this instance claims of a key's rate; `null` if that is what the database has. */
  private claim(keyId: string, table: ShareTable): ShareClaim | null {
    const { instanceId } = this.lease;
    const shares = table.byKey.get(keyId) ?? [];
    const short = this.short.get(keyId);
    const limit = short?.limit ?? this.own.get(keyId)?.ofLimit ?? shares[0]?.ofLimit;
    const windowMs = short?.windowMs ?? this.own.get(keyId)?.windowMs ?? shares[0]?.windowMs;
    if (limit === undefined || windowMs === undefined) return null;
    const stored = shares.find(({ instance }) => instance === instanceId);
    const current = this.shareOf(keyId, limit);
    const used = this.windows.usedIn(keyId, windowMs);
    const isShort = short !== undefined;
    const situation = situationOf(instanceId, table, shares, limit);
    const plan = planShare({ ...situation, limit, current, used, isShort });
    const { target, free, canEnd } = plan;
    // An instance that has started after the others have shared a limit has none of it yet.
    const keep = stored ? plan.keep : Math.max(0, Math.min(plan.keep, free));
    const least = Math.max(1, limit * WORTH_MOVING);
    const isChanged = stored
      ? canEnd || isShort !== (stored.short === 1) || current - keep >= least
      : isShort || current - keep >= least;
    const canGrow = (stored !== undefined || isShort) && Math.min(target, free) - current >= least;
    return isChanged || canGrow ? { keyId, limit, windowMs, keep, used, isShort } : null;
  }

  /** Leaves its shares to the others when the process stops. */
  private async leave(): Promise<void> {
    this.isStopping = true;
    await this.exchanging.settled();
    const claims = [...this.own.keys()].sort().flatMap((keyId) => {
      const own = this.own.get(keyId);
      if (!own) return [];
      const used = this.windows.usedIn(keyId, own.windowMs);
      return [{ keyId, limit: own.ofLimit, windowMs: own.windowMs, keep: used, used, isShort: false }];
    });
    for (const batch of inBatches(claims, BATCH))
      await this.transactions.run((tx) => leaveShares(tx, batch, this.lease.instanceId));
  }
}
