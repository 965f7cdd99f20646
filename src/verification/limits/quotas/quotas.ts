import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { withTimeout } from '../../../platform/database/with-timeout.js';
import { BackgroundTask } from '../../../platform/runtime/background-task.js';
import { Clock } from '../../../platform/runtime/clock.js';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';
import { WriteBehindBuffer } from '../../../platform/runtime/write-behind-buffer.js';
import { Lease } from '../../barrier/lease.js';
import type { CachedKey } from '../../cache/cached-key.js';
import { SharedCounters } from '../../../platform/limits/shared-counters.js';
import { periodStart } from './periods.js';
import { QuotaAccount } from './quota-account.js';
import { QuotaLender } from './quota-lender.js';
import { countQuota } from './redis-quota.js';

type Quota = NonNullable<CachedKey['quota']>;

/** How often an instance gives back what it holds of quotas that it hasn't used since. */
const SWEEP_EVERY_MS = 1500;

const termKey = ({ keyId, startMs }: Pick<QuotaAccount, 'keyId' | 'startMs'>): string => `${keyId}:${startMs}`;

/**
 * Enforces quotas: requests per calendar day or month (UTC). Each instance borrows blocks of a quota from the database before they are used, and
 * reports later what it has used, so that the sum never exceeds the quota, not even after a crash. A request is decided in memory, unless its
 * block is used up: then it waits for the next one. With Redis, requests are counted there, and the database is told every few seconds.
 */
@Injectable()
export class Quotas extends WriteBehindBuffer {
  private readonly accounts = new Map<string, QuotaAccount>();
  /** Accounts of which everything is to be given back, because their period has ended or they are no longer used. */
  private readonly leaving = new Map<string, QuotaAccount>();
  private readonly sweeping = new BackgroundTask(() => this.sweep(), 'Quotas wait for the database');
  private sweeper: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly lease: Lease,
    private readonly lender: QuotaLender,
    private readonly shared: SharedCounters,
  ) {
    super(config.USAGE_FLUSH_INTERVAL_MS);
    lease.beforeRelease(() => this.returnAll());
  }

  override onApplicationBootstrap(): void {
    super.onApplicationBootstrap();
    this.sweeper = setInterval(() => void this.sweeping.run(), SWEEP_EVERY_MS).unref();
  }

  /**
   * Counts a request against a key's quota. Returns without a promise if enough of the quota is held, or known to be used up.
   *
   * @returns `null` if the request is allowed, else the number of seconds until it may be repeated
   * @throws {DomainError} `unavailable` if the request must wait for the database, which doesn't answer
   */
  consume(keyId: string, quota: Quota, cost: number, nowMs: number): MaybePromise<number | null> {
    const account = this.accounts.get(keyId);
    if (
      account?.limit !== quota.limit ||
      account.period !== quota.period ||
      nowMs >= account.endMs ||
      nowMs < account.startMs ||
      this.shared.isReady
    )
      return this.consumeFrom(this.accountOf(keyId, quota, nowMs), cost, nowMs);
    if (account.take(cost)) {
      if (account.runsLow) this.lender.exchange(account).catch(() => undefined);
      return null;
    }
    return account.isRefused(cost) ? account.retryAfter(cost, nowMs) : this.borrow(account, cost, nowMs);
  }

  /** Writes what has been used. */
  async flush(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const all = [...this.accounts.values()];
    const excess = all.length - this.config.KEYRING_MAX_KEYS;
    for (const [index, account] of all.entries())
      if (this.isStopping || nowMs >= account.endMs || (index < excess && account.waiting === 0)) this.leave(account);
    await this.write([...this.leaving.values(), ...all.filter(({ isDirty, isLeaving }) => isDirty && !isLeaving)]);
  }

  override async onApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeper);
    await this.sweeping.settled();
    await super.onApplicationShutdown();
  }

  /** Reports all use and gives everything back. */
  private async returnAll(): Promise<void> {
    this.isStopping = true;
    await this.flush();
  }

  /** Gives back what wasn't used since the last sweep, so that other instances can use it. A single instance keeps it. */
  private async sweep(): Promise<void> {
    if (this.lease.liveInstances === 1) return;
    for (const account of this.accounts.values()) if (account.sweep()) this.leave(account);
    await this.write([...this.leaving.values()]);
  }

  private async write(accounts: QuotaAccount[]): Promise<void> {
    await this.lender.exchangeAll(accounts);
    for (const account of accounts) {
      const name = termKey(account);
      if (account.isLeaving && !account.isDirty && this.leaving.get(name) === account) this.leaving.delete(name);
    }
  }

  private leave(account: QuotaAccount): void {
    account.isLeaving = true;
    account.freeze();
    this.accounts.delete(account.keyId);
    this.leaving.set(termKey(account), account);
  }

  private accountOf(keyId: string, { limit, period }: Quota, nowMs: number): QuotaAccount {
    const startMs = periodStart(period, nowMs);
    const current = this.accounts.get(keyId);
    if (current && current.startMs !== startMs) this.leave(current);
    const known = this.accounts.get(keyId) ?? this.leaving.get(termKey({ keyId, startMs }));
    const account = known ?? new QuotaAccount(keyId, startMs, period, limit);
    this.leaving.delete(termKey(account));
    this.accounts.set(keyId, account);
    account.isLeaving = false;
    account.change(period, limit);
    return account;
  }

  private async consumeFrom(account: QuotaAccount, cost: number, nowMs: number): Promise<number | null> {
    if (this.shared.isReady) {
      // Units that were borrowed while Redis was unreachable are given back before Redis counts.
      if (!account.isKnown || account.room > 0) {
        account.freeze();
        await withTimeout(this.lender.exchange(account));
      }
      const isCounted = await countQuota(this.shared, termKey(account), account, cost);
      if (isCounted !== null) return isCounted ? null : account.untilEnd(nowMs);
    }
    return account.take(cost) ? null : this.borrow(account, cost, nowMs);
  }

  /** Waits until the request is allowed by what is borrowed, or nothing is left to borrow. */
  private async borrow(account: QuotaAccount, cost: number, nowMs: number): Promise<number | null> {
    let isWaiting = true;
    const isOver = (): boolean => !isWaiting;
    const decide = async (): Promise<number | null> => {
      while (!isOver()) {
        await this.lender.exchange(account);
        // Whoever has been answered already is not charged.
        if (isOver()) break;
        if (account.take(cost)) return null;
        if (account.exceeds(cost) || account.isLeaving) break;
      }
      return account.retryAfter(cost, nowMs);
    };
    account.waiting += cost;
    try {
      return await withTimeout(decide());
    } finally {
      isWaiting = false;
      account.waiting -= cost;
    }
  }
}
