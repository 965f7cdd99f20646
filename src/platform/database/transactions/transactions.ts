import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turnOfLoop, setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { Writer } from '../connections.js';
import { BatchedTransactions } from './batched-transactions.js';
import { HeldTransactions, type IdempotencyMarker } from './held-transactions.js';
import { withSpan } from '../../observability/traces/span.js';
import { isRetryable, isUnavailable } from '../engine-errors.js';
import { Transaction } from './transaction.js';

/**
 * How often a transaction is tried, and for how long. On a Galera cluster those of several nodes that write the same row lose again and again
 * where on one server they would wait.
 */
const ATTEMPTS = 25;
const RETRY_FOR_MS = 60_000;

/** The one way to change the database. */
@Injectable()
export class Transactions {
  private readonly held = new AsyncLocalStorage<HeldTransactions<unknown>>();
  /** Of {@link runHeld}: while there are any, every promise of the process costs more. */
  private heldUnderWay = 0;
  /** Requests that are there already are read before a transaction begins. */
  private readonly batches = new BatchedTransactions(isUnavailable, turnOfLoop);

  constructor(
    private readonly writer: Writer,
    private readonly events: EventEmitter2,
  ) {}

  /** Runs `work` in a transaction, again when the engine says that it lost against another one. */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const held = this.held.getStore();
    return held?.isOpen ? held.run(work) : this.runAlone(work);
  }

  /**
   * Carries `order` out, in one transaction with others of the same kind that come meanwhile (see {@link BatchedTransactions}). Orders that wait for the
   * same rows are of one kind, others aren't, so that nobody waits for what is none of their business.
   *
   * @param work carries out orders of this kind, whoever's; its results are in their order
   */
  async runBatched<O, R>(kind: string, order: O, work: (tx: Transaction, orders: O[]) => Promise<R[]>): Promise<R> {
    const held = this.held.getStore();
    if (!held?.isOpen) return this.batches.add(kind, order, (orders: O[]) => this.runAlone((tx) => work(tx, orders)));
    const [result] = await held.run((tx) => work(tx, [order]));
    return result as R;
  }

  /**
   * Does `work` with the transactions it runs as a {@link HeldTransactions}: the last one is committed only with the answer, by what `mark` writes,
   * and undone when `work` fails. Inside, the outcome of a transaction can't be read yet but through what it returned.
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
   * Runs `work` for each item in a transaction of its own, one after the other, and returns once everything is settled. What was
   * committed before one fails stays.
   */
  async runEach<T>(items: T[], work: (tx: Transaction, item: T) => Promise<void>): Promise<void> {
    if (this.held.getStore()?.isOpen) {
      for (const item of items) await this.run((tx) => work(tx, item));
      return;
    }
    const settling: Promise<void>[] = [];
    try {
      for (const item of items) {
        const { tx } = await this.commit(
          (transaction) => work(transaction, item),
          () => true,
        );
        settling.push(tx.afterCommit());
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
        return await this.writer.transaction(async (manager) => {
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

/** Longer from time to time, up to a tenth of a second. */
const pause = (attempt: number): Promise<void> => sleep(Math.min(attempt, 4) * (5 + Math.random() * 20));
