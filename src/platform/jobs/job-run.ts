import type { FindOptionsWhere, ObjectLiteral, Repository } from 'typeorm';
import type { Transaction } from '../database/transactions/transactions.js';
import { deleteRows, rowsOf, type Backlog, type Id } from './backlog.js';

/** How many things a run did something to, by what it did. */
export type Counts = Record<string, number>;

/** Ids that a run names, of each thing it does. */
const EXAMPLES = 5;

/** The server stops: what is left is for the next run. */
export class RunStopped extends Error {}

type Work<T> = (tx: Transaction) => Promise<T>;

/** One run of a job: what it does, or in a dry run would do. */
export class JobRun {
  readonly counts: Counts = {};
  /** The first few ids of what was counted. */
  readonly examples: Record<string, string[]> = {};

  /** @param commit runs a transaction while the job is this run's; `null` in a dry run, which changes nothing */
  constructor(
    private readonly commit: (<T>(work: Work<T>) => Promise<T>) | null,
    private readonly signal: AbortSignal,
  ) {}

  get isDry(): boolean {
    return this.commit === null;
  }

  /** Says that something was done to these, or would be. */
  note(what: string, ids: Id[], count = ids.length): void {
    if (count === 0) return;
    this.counts[what] = (this.counts[what] ?? 0) + count;
    const named = (this.examples[what] ??= []);
    named.push(...ids.slice(0, EXAMPLES - named.length).map(String));
  }

  /**
   * Changes something in one short transaction; nothing in a dry run.
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
   * @param what is done to them, as the run's counts call it
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
      // What is still there after that is left alone for this time.
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
}
