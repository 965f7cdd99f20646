import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BatchedTransactions } from './batched-transactions.js';
import { HeldTransactions, type IdempotencyMarker } from './held-transactions.js';
import { withSpan } from '../../observability/traces/span.js';
import { isRetryable, isUnavailable } from '../engine-errors.js';
import { Transaction } from './transaction.js';

/**
 * The most attempts for a transaction, and the longest time for them. On a Galera cluster, transactions on different nodes that write the same
 * row fail and are retried where they would wait on a single server.
 */
const ATTEMPTS = 25;
const RETRY_FOR_MS = 60_000;

/** The only way to change the database. */
@Injectable()
export class Transactions {
  private readonly held = new AsyncLocalStorage<HeldTransactions<unknown>>();
  /** Requests in {@link runHeld}. While there are any, AsyncLocalStorage makes every promise of the process more expensive. */
  private heldUnderWay = 0;
  private readonly batches = new BatchedTransactions(isUnavailable);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly events: EventEmitter2,
  ) {}

  /** Runs `work` in a transaction, and again when it lost a conflict against another one. */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const held = this.held.getStore();
    return held?.isOpen ? held.run(work) : this.runAlone(work);
  }

  /**
   * Processes `request` in one transaction with the requests of the same kind that arrive meanwhile (see {@link BatchedTransactions}). Requests
   * that lock the same rows are of one kind, and no others, so that no request waits for an unrelated one.
   *
   * @param work processes requests of this kind; its results are in the order of the requests
   */
  async runBatched<O, R>(kind: string, request: O, work: (tx: Transaction, requests: O[]) => Promise<R[]>): Promise<R> {
    const held = this.held.getStore();
    if (!held?.isOpen)
      return this.batches.add(kind, request, (requests: O[]) => this.runAlone((tx) => work(tx, requests)));
    const [result] = await held.run((tx) => work(tx, [request]));
    return result as R;
  }

  /**
   * Runs `work` with all its transactions as {@link HeldTransactions}: the last one is committed together with the answer, which `marker` stores,
   * and rolled back when `work` fails. Within `work`, the changes of a transaction are not visible yet; only its result is.
   */
  async runHeld<A>(work: () => Promise<A>, marker: IdempotencyMarker<A>): Promise<A> {
    this.heldUnderWay += 1;
    try {
      return await this.tryToRunHeld(work, marker);
    } finally {
      this.heldUnderWay -= 1;
      if (this.heldUnderWay === 0) this.held.disable();
    }
  }

  private async tryToRunHeld<A>(work: () => Promise<A>, marker: IdempotencyMarker<A>): Promise<A> {
    const startMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const held = new HeldTransactions<A>((...transaction) => this.runAlone(...transaction), marker);
      let isAnswered = false;
      try {
        const answer = await this.held.run(held, work);
        isAnswered = true;
        await held.commit(answer);
        return answer;
      } catch (error) {
        await held.rollBack();
        const isRepeatable = isAnswered && !held.hasCommitted;
        if (!isRepeatable || isEnough(attempt, startMs) || !isRetryable(error)) throw error;
        await pause(attempt);
      }
    }
  }

  private async runAlone<T>(work: (tx: Transaction) => Promise<T>, isRepeatable = () => true): Promise<T> {
    const { result, tx } = await this.commit(work, isRepeatable);
    await tx.afterCommit();
    return result;
  }

  /**
   * Runs `work` for each item in a transaction of its own, one after the other, and returns after the last phase of each. Transactions that were
   * committed before a failure stay committed.
   */
  async runEach<T>(items: T[], work: (tx: Transaction, item: T) => Promise<void>): Promise<void> {
    const left = items.values();
    let next = left.next();
    if (next.done) return;
    await this.runWhile(
      (tx) => work(tx, next.value as T),
      () => !(next = left.next()).done,
    );
  }

  /**
   * Runs `work` in one transaction after the other, as long as `goesOn` returns true for its result, and returns after the last phase of each.
   * Transactions that were committed before a failure stay committed.
   */
  async runWhile<R>(work: (tx: Transaction) => Promise<R>, goesOn: (result: R) => boolean): Promise<void> {
    if (this.held.getStore()?.isOpen) {
      while (goesOn(await this.run(work)));
      return;
    }
    const settling: Promise<void>[] = [];
    try {
      for (;;) {
        const { tx, result } = await this.commit(work, () => true);
        settling.push(tx.afterCommit());
        if (!goesOn(result)) return;
      }
    } finally {
      await Promise.all(settling);
    }
  }

  private commit<T>(
    work: (tx: Transaction) => Promise<T>,
    isRepeatable: () => boolean,
  ): Promise<{ result: T; tx: Transaction }> {
    return withSpan('transaction', (note) => this.tryToCommit(work, isRepeatable, (attempts) => note({ attempts })));
  }

  private async tryToCommit<T>(
    work: (tx: Transaction) => Promise<T>,
    isRepeatable: () => boolean,
    note: (attempts: number) => void,
  ): Promise<{ result: T; tx: Transaction }> {
    const startMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      let tx: Transaction | undefined;
      try {
        return await this.source.transaction(async (manager) => {
          tx = new Transaction(manager, this.events);
          const result = await work(tx);
          await tx.prepareCommit();
          return { result, tx };
        });
      } catch (error) {
        if (isEnough(attempt, startMs) || !isRetryable(error) || !isRepeatable()) throw error;
        note(attempt + 1);
      } finally {
        tx?.end();
      }
      await pause(attempt);
    }
  }
}

const isEnough = (attempt: number, startMs: number): boolean =>
  attempt >= ATTEMPTS || performance.now() - startMs > RETRY_FOR_MS;

/** Waits longer from attempt to attempt, up to a tenth of a second. */
const pause = (attempt: number): Promise<void> => sleep(Math.min(attempt, 4) * (5 + Math.random() * 20));
