import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import { BackgroundTask } from '../../../platform/runtime/background-task.js';
import { inBatches } from '../../../platform/runtime/batches.js';
import { Lease } from '../../barrier/lease.js';
import type { RateLimit } from '../../cache/key-limits.js';
import { SharedCounters } from '../../../platform/limits/shared-counters.js';
import { RateShare } from './rate-share.entity.js';
import { RateWindows } from './rate-windows.js';
import {
  exchangeShares,
  idOf,
  leaveShares,
  readShares,
  shareUnder,
  situationOf,
  type RateName,
  type ShareClaim,
  type ShareTable,
} from './share-exchange.js';
import { equalShare, planShare } from './share-plan.js';

const EXCHANGE_EVERY_MS = 500;

/** How long an instance needs more after it has refused a request. */
const SHORT_FOR_MS = 2000;

/** The smallest part of a limit that is worth moving. */
const WORTH_MOVING = 0.01;

/** How many times as long as an exchange takes until the next one begins, so that many unequal shares don't keep the database busy. */
const REST = 9;

/** Limits in one transaction. */
const BATCH = 200;

interface OwnShare extends RateName {
  share: number;
  ofLimit: number;
}

interface Shortage extends RateName {
  limit: number;
  untilMs: number;
}

/**
 * The shares of rate limits that this instance may use without Redis: equal ones, until an instance needs more of a limit than its own. It then
 * takes what others don't use, in the background, once that has left their windows. A single instance has every limit to itself.
 */
@Injectable()
export class RateShares implements OnApplicationBootstrap, OnApplicationShutdown {
  /** By the ids of limits. */
  private readonly own = new Map<string, OwnShare>();
  private readonly short = new Map<string, Shortage>();
  private readonly exchanging = new BackgroundTask(
    () => this.exchange(),
    'Shares of rate limits wait for the database',
  );
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;
  /** Whether no limit had unequal shares when they were last read. */
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

  /** Returns the part of a limit that this instance may use. */
  shareOf({ id, limit }: Pick<RateLimit, 'id' | 'limit'>): number {
    if (this.own.size > 0) {
      const own = this.own.get(id);
      if (own) return shareUnder(limit, own);
    }
    const { liveInstances } = this.lease;
    return liveInstances === 1 ? limit : equalShare(limit, liveInstances);
  }

  /** Notes that a request was refused that the whole limit might have allowed. */
  refused({ id, subjectId, limit, windowSeconds }: RateLimit): void {
    const untilMs = performance.now() + SHORT_FOR_MS;
    const already = this.short.get(id);
    if (already?.limit === limit) already.untilMs = untilMs;
    else this.short.set(id, { subjectId, limit, windowMs: windowSeconds * 1000, untilMs });
  }

  private async exchange(): Promise<void> {
    const nowMs = performance.now();
    for (const [id, { untilMs }] of this.short) if (untilMs < nowMs) this.short.delete(id);
    // A single instance still respects what others have used before they stopped.
    const isAlone = this.lease.liveInstances === 1 && this.own.size === 0 && this.areEqual;
    if (isAlone || this.isStopping || this.shared.isReady || nowMs < this.notBeforeMs) return;
    const table = await readShares(this.shares.manager);
    this.areEqual = table.byRate.size === 0;
    await this.claimAll(table);
    this.notBeforeMs = performance.now() + REST * (performance.now() - nowMs);
  }

  private async claimAll(table: ShareTable): Promise<void> {
    for (const id of this.own.keys()) if (!table.byRate.has(id)) this.own.delete(id);
    const ids = new Set([...table.byRate.keys(), ...this.short.keys()]);
    const claims = [...ids].sort().flatMap((id) => this.claim(id, table) ?? []);
    // What isn't kept is given up before others can take it.
    for (const claim of claims) this.keep(claim, claim.keep);
    for (const batch of inBatches(claims, BATCH)) {
      const shares = await this.transactions.run((tx) => exchangeShares(tx, batch, this.lease.instanceId));
      for (const [index, claim] of batch.entries()) {
        const share = shares[index] ?? null;
        if (share === null) this.own.delete(idOf(claim));
        else this.keep(claim, share);
      }
    }
  }

  private keep(claim: ShareClaim, share: number): void {
    const { subjectId, windowMs, limit } = claim;
    this.own.set(idOf(claim), { subjectId, windowMs, share, ofLimit: limit });
  }

  /** Returns what this instance claims of a limit; `null` if that is what the database has. */
  private claim(id: string, table: ShareTable): ShareClaim | null {
    const { instanceId } = this.lease;
    const shares = table.byRate.get(id) ?? [];
    const short = this.short.get(id);
    const own = this.own.get(id);
    const limit = short?.limit ?? own?.ofLimit ?? shares[0]?.ofLimit;
    const name = short ?? own ?? shares[0];
    if (limit === undefined || name === undefined) return null;
    const { subjectId, windowMs } = name;
    const stored = shares.find(({ instance }) => instance === instanceId);
    const current = this.shareOf({ id, limit });
    const used = this.windows.usedIn(id, windowMs);
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
    return isChanged || canGrow ? { subjectId, limit, windowMs, keep, used, isShort } : null;
  }

  /** Leaves its shares to the others when the process stops. */
  private async leave(): Promise<void> {
    this.isStopping = true;
    await this.exchanging.settled();
    const claims = [...this.own]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { subjectId, windowMs, ofLimit }]) => {
        const used = this.windows.usedIn(id, windowMs);
        return { subjectId, limit: ofLimit, windowMs, keep: used, used, isShort: false };
      });
    for (const batch of inBatches(claims, BATCH))
      await this.transactions.run((tx) => leaveShares(tx, batch, this.lease.instanceId));
  }
}
