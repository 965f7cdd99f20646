import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { Repository } from 'typeorm';
import type { QuotaPeriod } from '../../api-keys/api-key.entity.js';
import { Config } from '../../platform/config/config.js';
import { DAY_MS } from '../../platform/runtime/clock.js';
import type { MaybePromise } from '../../platform/runtime/maybe-promise.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { addToCounters } from '../../platform/database/counters.js';
import { Lease } from '../barrier/lease.js';
import type { CachedKey } from '../cache/cached-key.js';
import { withTimeout } from '../../platform/database/with-timeout.js';
import { publishThresholds } from './quota-thresholds.js';
import { QuotaUse } from './quota-use.entity.js';
import { SharedCounters } from './shared-counters.js';
import { readUsed, termKey, type QuotaTerm } from './used-quotas.js';

interface Quota extends QuotaTerm {
  /** The use by all instances, as stored in the database. */
  usedByAll: number;
  /** When the database was last read, on the monotonic clock. */
  readAtMs: number;
  /** The use by this instance that isn't written yet. */
  usedHere: number;
  /** The part of `usedHere` that is being written. */
  writing: number;
  /** The key's limit at its latest request. */
  limit: number;
  period: QuotaPeriod;
}

/** Rows in one statement. */
const BATCH = 200;

/** The number of flush intervals after which `usedByAll` is outdated, because other instances may have used much of the quota. */
const OUTDATED_AFTER_FLUSHES = 2;

/** Counts in Redis. A count starts at no less than the use that this instance knows of, which restores counts that Redis has lost. */
const COUNT = `
  local used = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[1]))
  if used + ARGV[2] > tonumber(ARGV[3]) then return 0 end
  redis.call('SET', KEYS[1], used + ARGV[2])
  redis.call('PEXPIREAT', KEYS[1], ARGV[4])
  return 1`;

const PREFIX = 'keywright:quota';

/**
 * Enforces quotas: requests per calendar day or month (UTC). Use is counted in memory and written every few seconds, so a crash loses one
 * interval at most. With Redis, quotas are exact across instances. Without it, each instance may use an equal share of what is left between
 * two writes, and several busy instances can exceed a quota by what they use in one interval.
 */
@Injectable()
export class Quotas extends WriteBehindBuffer {
  private readonly quotas: LRUCache<string, Quota>;
  private readonly loading = new Map<string, Promise<Quota>>();
  private dirty = new Set<Quota>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    @InjectRepository(QuotaUse) private readonly uses: Repository<QuotaUse>,
    private readonly config: Config,
    private readonly lease: Lease,
    private readonly shared: SharedCounters,
    private readonly transactions: Transactions,
  ) {
    super(config.USAGE_FLUSH_INTERVAL_MS);
    this.quotas = new LRUCache({ max: config.KEYRING_MAX_KEYS });
  }

  /**
   * Counts a request against a key's quota. Returns without a promise if the quota is cached and Redis doesn't count it.
   *
   * @returns `null` if the request is allowed, else the number of seconds until the next period
   */
  consume(
    keyId: string,
    { limit, period }: NonNullable<CachedKey['quota']>,
    cost: number,
    nowMs: number,
  ): MaybePromise<number | null> {
    const startMs = periodStart(period, nowMs);
    const endMs = nextPeriod(period, startMs);
    const use = async (quota: Quota): Promise<number | null> => {
      quota.limit = limit;
      const fitsShared = this.shared.isReady ? await this.countShared(quota, limit, cost, endMs) : null;
      return this.use(quota, cost, fitsShared ?? this.fitsHere(quota, limit, cost), endMs - nowMs);
    };
    const quota = this.quotas.get(keyId);
    if (quota?.periodStartMs !== startMs || this.isOutdated(quota)) return this.load(keyId, period, startMs).then(use);
    quota.limit = limit;
    return this.shared.isReady ? use(quota) : this.use(quota, cost, this.fitsHere(quota, limit, cost), endMs - nowMs);
  }

  private use(quota: Quota, cost: number, fits: boolean, msLeft: number): number | null {
    if (!fits) return Math.ceil(msLeft / 1000);
    quota.usedHere += cost;
    this.dirty.add(quota);
    return null;
  }

  /** @returns whether the quota allows the request; `null` if Redis doesn't respond */
  private async countShared(quota: Quota, limit: number, cost: number, endMs: number): Promise<boolean | null> {
    const { usedByAll, usedHere } = quota;
    const name = `${PREFIX}:${termKey(quota)}`;
    try {
      return (await this.shared.redis?.eval(COUNT, 1, name, usedByAll + usedHere, cost, limit, endMs)) === 1;
    } catch {
      return null;
    }
  }

  private fitsHere({ usedByAll, usedHere }: Quota, limit: number, cost: number): boolean {
    return usedHere + cost <= Math.floor((limit - usedByAll) / this.lease.liveInstances);
  }

  private isOutdated({ readAtMs }: Quota): boolean {
    const outdatedAfterMs = OUTDATED_AFTER_FLUSHES * this.config.USAGE_FLUSH_INTERVAL_MS;
    return this.lease.liveInstances > 1 && performance.now() - readAtMs > outdatedAfterMs;
  }

  /** Writes all counts. Each flush waits for the one before, so that no count is written twice. */
  async flush(): Promise<void> {
    const previous = this.writing;
    this.writing = previous.catch(() => undefined).then(() => this.writeAll());
    await this.writing;
  }

  /**
   * Writes in the order of the keys, so that instances that write at the same time cannot deadlock. Counts that fail are written by the
   * next flush.
   */
  private async writeAll(): Promise<void> {
    const quotas = [...this.dirty].sort((a, b) =>
      a.keyId < b.keyId ? -1 : a.keyId > b.keyId ? 1 : a.periodStartMs - b.periodStartMs,
    );
    this.dirty = new Set();
    while (quotas.length > 0) {
      const batch = quotas.slice(0, BATCH);
      try {
        await this.write(batch);
      } catch (error) {
        for (const quota of quotas) this.dirty.add(quota);
        throw error;
      }
      quotas.splice(0, BATCH);
    }
  }

  private async write(quotas: Quota[]): Promise<void> {
    for (const quota of quotas) quota.writing = quota.usedHere;
    const rows = quotas.map(({ keyId, periodStartMs, writing }) => ({
      keyId,
      periodStart: new Date(periodStartMs),
      used: writing,
    }));
    await this.transactions.run(async (tx) => {
      await addToCounters(tx.manager, QuotaUse, rows, 'used');
      await publishThresholds(tx, quotas);
    });
    for (const quota of quotas) {
      quota.usedHere -= quota.writing;
      quota.usedByAll += quota.writing;
    }
    if (this.lease.liveInstances > 1) await this.refresh(quotas);
  }

  private load(keyId: string, period: QuotaPeriod, periodStartMs: number): Promise<Quota> {
    const name = termKey({ keyId, periodStartMs });
    let loading = this.loading.get(name);
    if (!loading) {
      loading = withTimeout(this.read(keyId, period, periodStartMs)).finally(() => this.loading.delete(name));
      this.loading.set(name, loading);
    }
    return loading;
  }

  private async read(keyId: string, period: QuotaPeriod, periodStartMs: number): Promise<Quota> {
    const cached = this.quotas.get(keyId);
    const quota =
      cached?.periodStartMs === periodStartMs
        ? cached
        : { keyId, period, periodStartMs, limit: Infinity, usedByAll: 0, readAtMs: 0, usedHere: 0, writing: 0 };
    await this.refresh([quota]);
    this.quotas.set(keyId, quota);
    return quota;
  }

  /** Reads the use by all instances. */
  private async refresh(quotas: Quota[]): Promise<void> {
    const readAtMs = performance.now();
    const used = await readUsed(this.uses.manager, quotas);
    for (const quota of quotas) {
      quota.usedByAll = used.get(termKey(quota)) ?? 0;
      quota.readAtMs = readAtMs;
    }
  }
}

function periodStart(period: QuotaPeriod, nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), period === 'day' ? now.getUTCDate() : 1);
}

function nextPeriod(period: QuotaPeriod, startMs: number): number {
  const start = new Date(startMs);
  return period === 'day' ? startMs + DAY_MS : Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}
