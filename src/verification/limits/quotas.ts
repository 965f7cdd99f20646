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
import { withTimeout } from '../in-time.js';
import { publishThresholds } from './quota-thresholds.js';
import { QuotaUse } from './quota-use.entity.js';
import { SharedCounters } from './shared-counters.js';
import { nameOf, usedOf, type QuotaTerm } from './used-quotas.js';

interface Quota extends QuotaTerm {
  /** What all instances had used when the database was last asked. */
  usedByAll: number;
  /** When that was, on the monotonic clock. */
  askedAtMs: number;
  /** What this instance has used since. */
  usedHere: number;
  /** Of that, what is being written. */
  writing: number;
  /** What it was limited to when it was last asked about. */
  limit: number;
  period: QuotaPeriod;
}

/** Rows in one statement. */
const BATCH = 200;

/** Flush intervals after which other instances may have used much of a quota. */
const OLD_AFTER_FLUSHES = 2;

/** Counts in Redis, from what is known to be used at least: what Redis has lost or missed, it learns again. */
const COUNT = `
  local used = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[1]))
  if used + ARGV[2] > tonumber(ARGV[3]) then return 0 end
  redis.call('SET', KEYS[1], used + ARGV[2])
  redis.call('PEXPIREAT', KEYS[1], ARGV[4])
  return 1`;

const PREFIX = 'keywright:quota';

/**
 * Requests per calendar day or month (UTC). Counted in memory and written every few seconds, so a restart forgets one interval at most.
 * Across instances exact by Redis; without it, each instance takes its share of what is left between two writes, and several that
 * are busy at once can pass a quota by what they use in one interval.
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
   * Without Redis, and for a quota that was used a moment ago, the answer is there at once.
   *
   * @returns `null` when it is allowed, else the seconds until the next period
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
      const together = this.shared.isReady ? await this.countTogether(quota, limit, cost, endMs) : null;
      return this.use(quota, cost, together ?? this.fitsHere(quota, limit, cost), endMs - nowMs);
    };
    const quota = this.quotas.get(keyId);
    if (quota?.periodStartMs !== startMs || this.isOld(quota)) return this.load(keyId, period, startMs).then(use);
    quota.limit = limit;
    return this.shared.isReady ? use(quota) : this.use(quota, cost, this.fitsHere(quota, limit, cost), endMs - nowMs);
  }

  private use(quota: Quota, cost: number, fits: boolean, msLeft: number): number | null {
    if (!fits) return Math.ceil(msLeft / 1000);
    quota.usedHere += cost;
    this.dirty.add(quota);
    return null;
  }

  /** @returns `null` when Redis doesn't answer */
  private async countTogether(quota: Quota, limit: number, cost: number, endMs: number): Promise<boolean | null> {
    const { usedByAll, usedHere } = quota;
    const name = `${PREFIX}:${nameOf(quota)}`;
    try {
      return (await this.shared.redis?.eval(COUNT, 1, name, usedByAll + usedHere, cost, limit, endMs)) === 1;
    } catch {
      return null;
    }
  }

  private fitsHere({ usedByAll, usedHere }: Quota, limit: number, cost: number): boolean {
    return usedHere + cost <= Math.floor((limit - usedByAll) / this.lease.liveInstances);
  }

  private isOld({ askedAtMs }: Quota): boolean {
    const oldAfterMs = OLD_AFTER_FLUSHES * this.config.USAGE_FLUSH_INTERVAL_MS;
    return this.lease.liveInstances > 1 && performance.now() - askedAtMs > oldAfterMs;
  }

  /** One time after the other: what is being written is not to be written again. */
  async flush(): Promise<void> {
    const before = this.writing;
    this.writing = before.catch(() => undefined).then(() => this.writeAll());
    await this.writing;
  }

  /** Writes in key order, which keeps several writers from blocking each other; what fails is written another time. */
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
    const name = nameOf({ keyId, periodStartMs });
    let loading = this.loading.get(name);
    if (!loading) {
      loading = withTimeout(this.ask(keyId, period, periodStartMs)).finally(() => this.loading.delete(name));
      this.loading.set(name, loading);
    }
    return loading;
  }

  private async ask(keyId: string, period: QuotaPeriod, periodStartMs: number): Promise<Quota> {
    const known = this.quotas.get(keyId);
    const quota =
      known?.periodStartMs === periodStartMs
        ? known
        : { keyId, period, periodStartMs, limit: Infinity, usedByAll: 0, askedAtMs: 0, usedHere: 0, writing: 0 };
    await this.refresh([quota]);
    this.quotas.set(keyId, quota);
    return quota;
  }

  /** Asks what all instances have used by now. */
  private async refresh(quotas: Quota[]): Promise<void> {
    const askedAtMs = performance.now();
    const used = await usedOf(this.uses.manager, quotas);
    for (const quota of quotas) {
      quota.usedByAll = used.get(nameOf(quota)) ?? 0;
      quota.askedAtMs = askedAtMs;
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
