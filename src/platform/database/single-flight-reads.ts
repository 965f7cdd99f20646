import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isSqlite } from './engine-sql.js';
import { BatchedTransactions } from './transactions/batched-transactions.js';

/**
 * Reads of the same thing that many ask for at a time, made once for those who ask within a turn of the event loop, then once for those who
 * ask meanwhile: what anybody is told was read after they asked.
 */
export class SingleFlightReads {
  private readonly works: BatchedTransactions;

  /** On SQLite, which answers at once, nobody is waited for. */
  constructor(manager: EntityManager) {
    this.works = new BatchedTransactions(() => true, isSqlite(manager) ? undefined : turnOfLoop);
  }

  /** @param what is read, the same for everybody who names it so */
  once<R>(what: string, read: () => Promise<R>): Promise<R> {
    return this.works.add(what, null, async (askers: null[]) => Array<R>(askers.length).fill(await read()));
  }
}
