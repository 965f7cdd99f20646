import type { Transaction } from '../database/transactions/transaction.js';
import type { Counts } from '../../housekeeping/job-state.entity.js';

/** Ids that a run names, of each thing it does. */
const EXAMPLES = 5;

/** The server stops: what is left is for the next run. */
export class RunStopped extends Error {}

type Id = string | number;
type Work<T> = (tx: Transaction) => Promise<T>;

/** Things that something has to be done to. */
export interface Backlog<I extends Id> {
  find(limit: number): Promise<I[]>;
  count(): Promise<number>;
}

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
   * Does something to all that is on a pile, some at a time, which takes it from the pile.
   *
   * @param what is done to them
   * @param work does it, and says to which of them
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
}
