import { Injectable } from '@nestjs/common';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import { inBatches } from '../../../platform/runtime/batches.js';
import { letOthersIn } from '../../../platform/runtime/turns.js';
import { Lease } from '../../barrier/lease.js';
import { SharedCounters } from '../../../platform/limits/shared-counters.js';
import type { QuotaAccount } from './quota-account.js';
import { exchangeQuotas } from './quota-exchange.js';

/** Quotas in one transaction. */
const BATCH = 200;

/** Exchanges quotas with the database, one transaction at a time. Quotas that are to be exchanged meanwhile share the next one. */
@Injectable()
export class QuotaLender {
  private readonly queued = new Set<QuotaAccount>();
  private next: Promise<void> | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly lease: Lease,
    private readonly shared: SharedCounters,
    private readonly transactions: Transactions,
  ) {}

  /** Exchanges quotas in a transaction that begins after this call. */
  exchange(...accounts: QuotaAccount[]): Promise<void> {
    for (const account of accounts) {
      this.queued.add(account);
      account.isQueued = true;
    }
    this.next ??= this.running = this.run(this.running);
    return this.next;
  }

  /** Exchanges all of these quotas. Between two transactions, others can have theirs exchanged. */
  async exchangeAll(accounts: QuotaAccount[]): Promise<void> {
    for (const batch of inBatches(accounts, BATCH)) await this.exchange(...batch);
  }

  private async run(previous: Promise<void>): Promise<void> {
    await previous.catch(() => undefined);
    // Requests that have arrived are read first, so that those for other keys join the transaction.
    await letOthersIn();
    this.next = null;
    const accounts = [...this.queued].sort((a, b) =>
      a.subjectId < b.subjectId ? -1 : a.subjectId > b.subjectId ? 1 : a.startMs - b.startMs,
    );
    this.queued.clear();
    for (const account of accounts) account.isQueued = false;
    for (const batch of inBatches(accounts, BATCH)) await this.exchangeBatch(batch);
  }

  private async exchangeBatch(accounts: QuotaAccount[]): Promise<void> {
    const { instanceId, liveInstances } = this.lease;
    const isLending = !this.shared.isReady;
    try {
      const exchanged = await this.transactions.run((tx) =>
        exchangeQuotas(tx, accounts, { own: instanceId, instances: liveInstances, isLending }),
      );
      for (const { account, result, counted, limit, block, isHeld } of exchanged) {
        account.counted -= counted;
        account.exchanged(result, { limit, block, isHeld });
      }
    } catch (error) {
      for (const account of accounts) account.failed();
      throw error;
    }
  }
}
