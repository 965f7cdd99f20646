import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { Repository } from 'typeorm';
import type { QuotaPeriod } from '../../api-keys/api-key.entity.js';
import { Config } from '../../config.js';
import { addToCounters } from '../../database.js';
import { FlushTimer } from '../../domain/flushing.js';
import { Transactions } from '../../domain/transactions.js';
import { Lease } from '../keyring/lease.js';
import type { KnownKey } from '../keyring/known-keys.js';
import { QuotaUse } from './quota-use.entity.js';

interface Quota {
  keyId: string;
  periodStartMs: number;
  /** What all instances had used when the database was last asked. */
  usedByAll: number;
  /** What this instance has used since. */
  usedHere: number;
  /** Of that, what is being written. */
  writing: number;
}

/**
 * Requests per calendar day or month (UTC). Counted in memory and written every few seconds, so a restart forgets one interval at most.
 * Between two writes each instance takes its share of what is left.
 */
@Injectable()
export class Quotas implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly quotas: LRUCache<string, Quota>;
  private readonly loading = new Map<string, Promise<Quota>>();
  private dirty = new Set<Quota>();
  private timer: FlushTimer | undefined;

  constructor(
    @InjectRepository(QuotaUse) private readonly uses: Repository<QuotaUse>,
    private readonly config: Config,
    private readonly lease: Lease,
    private readonly transactions: Transactions,
  ) {
    this.quotas = new LRUCache({ max: config.KEYRING_MAX_KEYS });
  }

  onApplicationBootstrap(): void {
    this.timer = new FlushTimer(this, this.config.USAGE_FLUSH_INTERVAL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.timer?.stop();
  }

  /** @returns `null` when it is allowed, else the seconds until the next period */
  async consume(
    keyId: string,
    { limit, period }: NonNullable<KnownKey['quota']>,
    cost: number,
    nowMs: number,
  ): Promise<number | null> {
    const startMs = periodStart(period, nowMs);
    let quota = this.quotas.get(keyId);
    if (quota?.periodStartMs !== startMs) quota = await this.load(keyId, startMs);
    const share = Math.floor((limit - quota.usedByAll) / this.lease.liveInstances);
    if (quota.usedHere + cost > share) return Math.ceil((nextPeriod(period, startMs) - nowMs) / 1000);
    quota.usedHere += cost;
    this.dirty.add(quota);
    return null;
  }

  async flush(): Promise<void> {
    const quotas = [...this.dirty].sort((a, b) =>
      a.keyId < b.keyId ? -1 : a.keyId > b.keyId ? 1 : a.periodStartMs - b.periodStartMs,
    );
    this.dirty = new Set();
    if (quotas.length === 0) return;
    for (const quota of quotas) quota.writing = quota.usedHere;
    const rows = quotas.map(({ keyId, periodStartMs, writing }) => ({
      keyId,
      periodStart: new Date(periodStartMs),
      used: writing,
    }));
    try {
      await this.transactions.run(({ manager }) => addToCounters(manager, QuotaUse, rows, 'used'));
    } catch (error) {
      for (const quota of quotas) this.dirty.add(quota);
      throw error;
    }
    for (const quota of quotas) {
      quota.usedHere -= quota.writing;
      quota.usedByAll += quota.writing;
    }
    if (this.lease.liveInstances > 1) await Promise.all(quotas.map((quota) => this.refresh(quota)));
  }

  private load(keyId: string, periodStartMs: number): Promise<Quota> {
    const name = `${keyId} ${periodStartMs}`;
    let loading = this.loading.get(name);
    if (!loading) {
      const quota = { keyId, periodStartMs, usedByAll: 0, usedHere: 0, writing: 0 };
      loading = this.refresh(quota)
        .then(() => {
          this.quotas.set(keyId, quota);
          return quota;
        })
        .finally(() => this.loading.delete(name));
      this.loading.set(name, loading);
    }
    return loading;
  }

  private async refresh(quota: Quota): Promise<void> {
    const use = await this.uses.findOneBy({ keyId: quota.keyId, periodStart: new Date(quota.periodStartMs) });
    quota.usedByAll = use?.used ?? 0;
  }
}

function periodStart(period: QuotaPeriod, nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), period === 'day' ? now.getUTCDate() : 1);
}

function nextPeriod(period: QuotaPeriod, startMs: number): number {
  const start = new Date(startMs);
  return period === 'day' ? startMs + 86_400_000 : Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}
