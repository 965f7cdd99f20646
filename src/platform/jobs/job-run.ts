import type { FindOptionsWhere, ObjectLiteral, Repository } from 'typeorm';
import { deleteSome, type RowCondition } from '../database/delete-some.js';
import { deleteRows, rowsOf, type Backlog, type Id } from './backlog.js';
import type { Transaction } from '../database/transactions/transaction.js';

/** The number of items that a run processed, by action. */
export type Counts = Record<string, number>;

/** Rows without an id that one transaction deletes. */
const COUNTS_AT_ONCE = 1000;

/** The most ids of examples for each action. */
const EXAMPLES = 5;

/** The server is stopping; the next run continues. */
export class RunStopped extends Error {}

type Work<T> = (tx: Transaction) => Promise<T>;

/** One run of a job, or a dry run, which only counts. */
export class JobRun {
  readonly counts: Counts = {};
  /** The ids of the first processed items, by action. */
  readonly examples: Record<string, string[]> = {};

  /** @param commit runs a transaction while this run holds the job; `null` in a dry run, which changes nothing */
  constructor(
    private readonly commit: (<T>(work: Work<T>) => Promise<T>) | null,
    private readonly signal: AbortSignal,
  ) {}

  get isDry(): boolean {
    return this.commit === null;
  }

  /** Counts items that were processed, or would be. */
  note(what: string, ids: Id[], count = ids.length): void {
    if (count === 0) return;
    this.counts[what] = (this.counts[what] ?? 0) + count;
    const named = (this.examples[what] ??= []);
    named.push(...ids.slice(0, EXAMPLES - named.length).map(String));
  }

  /**
   * Runs a short transaction; a dry run skips it.
   *
   * @throws {RunStopped} when the server is being stopped
   */
  async change(work: Work<void>): Promise<void> {
    this.signal.throwIfAborted();
    await this.commit?.(work);
  }

  /**
   * Does something to all rows of a backlog, some at a time, after which they are no longer in it.
   *
   * @param what the action, as the counts name it, as the run's counts call it
   * @param work does it, and returns the rows it was done to
   */
  async clear<I extends Id>(
    what: string,
    backlog: Backlog<I>,
    work: (tx: Transaction, ids: I[]) => Promise<I[]>,
    atOnce = 500,
  ): Promise<void> {
    if (this.isDry) {
      this.note(what, await backlog.find(EXAMPLES), await backlog.count());
      return;
    }
    for (let hasMore = true; hasMore;) {
      this.signal.throwIfAborted();
      const ids = await backlog.find(atOnce);
      if (ids.length === 0) return;
      let done: I[] = [];
      await this.change(async (tx) => void (done = await work(tx, ids)));
      this.note(what, done);
      // Rows that remain in the backlog are left to the next run.
      hasMore = ids.length === atOnce && done.length > 0;
    }
  }

  /**
   * Deletes the rows that meet a condition, some at a time.
   *
   * @param what as {@link clear} takes it
   */
  async delete<T extends ObjectLiteral>(what: string, rows: Repository<T>, where: FindOptionsWhere<T>): Promise<void> {
    await this.clear(what, rowsOf(rows, where), deleteRows(rows, where));
  }

  /**
   * Deletes rows that have no id of their own and meet a condition, some at a time.
   *
   * @param what as {@link clear} takes it
   */
  async deleteCounts(what: string, rows: Repository<ObjectLiteral>, condition: RowCondition): Promise<void> {
    const { tableName } = rows.metadata;
    if (this.isDry) {
      const [counted] = await rows.query<{ count: number | string }[]>(
        `SELECT COUNT(*) AS count FROM ${tableName} WHERE ${condition.sql}`,
        condition.values,
      );
      this.note(what, [], Number(counted?.count));
      return;
    }
    for (let deleted = COUNTS_AT_ONCE; deleted === COUNTS_AT_ONCE;) {
      await this.change(async ({ manager }) => {
        deleted = await deleteSome(manager, tableName, condition, COUNTS_AT_ONCE);
      });
      this.note(what, [], deleted);
    }
  }
}
