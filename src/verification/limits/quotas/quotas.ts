import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { withTimeout } from '../../../platform/database/with-timeout.js';
import { BackgroundTask } from '../../../platform/runtime/background-task.js';
import { Clock } from '../../../platform/runtime/clock.js';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';
import { WriteBehindBuffer } from '../../../platform/runtime/write-behind-buffer.js';
import { Lease } from '../../barrier/lease.js';
import type { QuotaLimit } from '../../cache/key-limits.js';
import { SharedCounters } from '../../../platform/limits/shared-counters.js';
import { periodStart } from './periods.js';
import { QuotaAccount } from './quota-account.js';
import { QuotaLender } from './quota-lender.js';
import { allow, refuse, takeAll, type QuotaRequest, type QuotaVerdict } from './quota-request.js';
import { countQuotas, termKey } from './redis-quota.js';

/** How often an instance gives back what it holds of quotas that it hasn't used since. */
const SWEEP_EVERY_MS = 1500;

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
   * Counts a request against some quotas, all of which must admit it. A refused request uses up nothing of any of them. Returns without a
   * promise if enough of each is held, or one is known to be used up.
   *
   * @throws {DomainError} `unavailable` if the request must wait for the database, which doesn't answer
   */
  consume(quotas: readonly QuotaLimit[], cost: number, nowMs: number): MaybePromise<QuotaVerdict> {
    const accounts: QuotaAccount[] = [];
    for (const quota of quotas) {
      const account = this.accounts.get(quota.subjectId);
      if (this.shared.isReady || !account?.isFor(quota, nowMs)) {
        const all = quotas.map((each) => this.accountOf(each, nowMs));
        return this.consumeFrom({ quotas, accounts: all, cost, nowMs });
      }
      accounts.push(account);
    }
    const request = { quotas, accounts, cost, nowMs };
    if (takeAll(request)) {
      for (const account of accounts) if (account.runsLow) this.lender.exchange(account).catch(() => undefined);
      return allow(request);
    }
    const refuser = accounts.find((account) => account.isRefused(cost));
    return refuser ? refuse(request, refuser, refuser.retryAfter(cost, nowMs)) : this.borrow(request);
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
    this.accounts.delete(account.subjectId);
    this.leaving.set(termKey(account), account);
  }

  private accountOf({ subjectId, limit, period, countedFromMs }: QuotaLimit, nowMs: number): QuotaAccount {
    const startMs = Math.max(periodStart(period, nowMs), countedFromMs);
    const current = this.accounts.get(subjectId);
    if (current && current.startMs !== startMs) this.leave(current);
    const known = this.accounts.get(subjectId) ?? this.leaving.get(termKey({ subjectId, startMs }));
    const account = known ?? new QuotaAccount(subjectId, startMs, period, limit);
    this.leaving.delete(termKey(account));
    this.accounts.set(subjectId, account);
    account.isLeaving = false;
    account.change(period, limit);
    return account;
  }

  private async consumeFrom(request: QuotaRequest): Promise<QuotaVerdict> {
    const { accounts, cost, nowMs } = request;
    if (this.shared.isReady) {
      // Units that were borrowed while Redis was unreachable are given back before Redis counts.
      const borrowed = accounts.filter((account) => !account.isKnown || account.room > 0);
      for (const account of borrowed) account.freeze();
      if (borrowed.length > 0) await withTimeout(this.lender.exchange(...borrowed));
      const counted = await countQuotas(this.shared, accounts, cost);
      if (counted) {
        const { refuser, used } = counted;
        return refuser ? refuse(request, refuser, refuser.untilEnd(nowMs), used) : allow(request, used);
      }
    }
    // A request that costs nothing is answered with what is left, as far as that can be found out.
    if (cost === 0 && !accounts.every(({ isKnown }) => isKnown))
      await withTimeout(this.lender.exchange(...accounts)).catch(() => undefined);
    return takeAll(request) ? allow(request) : this.borrow(request);
  }

  /** Waits until the request is allowed by what is borrowed, or nothing is left to borrow. */
  private async borrow(request: QuotaRequest): Promise<QuotaVerdict> {
    const { accounts, cost, nowMs } = request;
    let isWaiting = true;
    const isOver = (): boolean => !isWaiting;
    const decide = async (): Promise<QuotaVerdict> => {
      for (;;) {
        const lacking = accounts.filter(({ room }) => room < cost);
        await this.lender.exchange(...lacking);
        // Whoever has been answered already is not charged.
        if (!isOver() && takeAll(request)) return allow(request);
        const refuser = accounts.find((account) => account.exceeds(cost) || account.isLeaving);
        if (refuser) return refuse(request, refuser, refuser.retryAfter(cost, nowMs));
        if (isOver()) return allow(request);
      }
    };
    for (const account of accounts) account.waiting += cost;
    try {
      return await withTimeout(decide());
    } finally {
      isWaiting = false;
      for (const account of accounts) account.waiting -= cost;
    }
  }
}
