import { isOutOfOrder } from './out-of-order.js';
import type { SqliteThread, StatementResult } from './sqlite-thread.js';
import { SqliteError } from './thread-session.js';

/** The most transactions that share a commit, and the longest time for which the first of them waits for the others to join. */
const GROUP_MAX = 64;
const GROUP_MS = 5;

/** As many bytes as a small change may need, with the pages of its indices. */
const ROOM_BYTES = 256 * 1024;

/** The name of the savepoint to which a transaction is undone that shares the engine's transaction with those before it. */
const SAVEPOINT = 'member';

type End = 'commit' | 'rollback';

interface Waiting {
  begin: (transaction: QueuedTransaction) => void;
  refuse: (error: unknown) => void;
}

/** A transaction of the writing connection. While it is open, no other one writes. */
export class QueuedTransaction {
  readonly ended: Promise<End>;
  private readonly committed: Promise<void>;
  private end!: (how: End) => void;
  private acknowledge!: () => void;
  private refuse!: (error: unknown) => void;
  private failure: Error | null = null;

  /**
   * @param opening the statement that begins it, which may still be under way
   * @param note is told of each statement that fails
   */
  constructor(
    private readonly thread: SqliteThread,
    private readonly opening: Promise<unknown>,
    private readonly note: (error: unknown) => void,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.committed = new Promise((resolve, reject) => {
      this.acknowledge = resolve;
      this.refuse = reject;
    });
    // Whoever ended the transaction otherwise is told otherwise.
    this.committed.catch(() => undefined);
  }

  /** @throws {SqliteError} */
  async execute(sql: string, parameters: unknown[] = []): Promise<StatementResult> {
    if (this.failure !== null) throw this.failure;
    try {
      return await this.thread.execute(sql, parameters, true);
    } catch (error) {
      // Without a beginning, each statement is refused.
      await this.opening.catch((reason: unknown) => this.fail(reason as Error));
      this.note(error);
      // The engine has undone the transaction, and everything that shares it.
      if (error instanceof SqliteError && !error.isInTransaction) this.fail(error);
      throw this.lost ?? error;
    }
  }

  /** Resolves when the changes are on the disk. */
  async commit(): Promise<void> {
    this.end('commit');
    await this.committed;
  }

  rollBack(): void {
    this.end('rollback');
  }

  /** What has ended the transaction from outside; `null` as long as nothing has. */
  get lost(): Error | null {
    return this.failure;
  }

  succeed(): void {
    this.acknowledge();
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.refuse(error);
  }
}

/**
 * The transactions of the writing connection, one after another. Group commit: those that wait when one ends join its transaction of the engine,
 * each behind a savepoint, and are acknowledged together after one sync of the disk. When the engine undoes that transaction, or does not commit
 * it, all of them fail.
 */
export class WriteQueue {
  private waiting: Waiting[] = [];
  private isRunning = false;
  private failedWith: SqliteError | null = null;

  constructor(private readonly thread: SqliteThread) {}

  /** Why changes were refused that the database should have taken; `null` when {@link probe} has found room since. */
  get failure(): SqliteError | null {
    return this.failedWith;
  }

  /** Resolves when the transaction's turn has come. */
  begin(): Promise<QueuedTransaction> {
    return new Promise((begin, refuse) => {
      this.waiting.push({ begin, refuse });
      if (!this.isRunning) void this.run();
    });
  }

  /** Executes a statement in a transaction of its own. */
  async execute(sql: string, parameters: unknown[]): Promise<StatementResult> {
    const transaction = await this.begin();
    try {
      const result = await transaction.execute(sql, parameters);
      await transaction.commit();
      return result;
    } catch (error) {
      transaction.rollBack();
      throw error;
    }
  }

  /** Finds out whether there is room for changes, by writing and deleting some pages; {@link failure} tells what came out. */
  async probe(): Promise<void> {
    try {
      await this.execute('DROP TABLE IF EXISTS room_probe', []);
      await this.execute(`CREATE TABLE room_probe AS SELECT zeroblob(${ROOM_BYTES}) AS filling`, []);
      await this.execute('DROP TABLE room_probe', []);
      this.failedWith = null;
    } catch (error) {
      this.note(error);
    }
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.length > 0) await this.runGroup();
    this.isRunning = false;
  }

  private async runGroup(): Promise<void> {
    const group: QueuedTransaction[] = [];
    const opening = this.send('BEGIN IMMEDIATE', false);
    try {
      if (!(await this.runMembers(group, opening))) return;
      await this.send('COMMIT');
      for (const member of group) member.succeed();
    } catch (error) {
      await this.settle(error);
      for (const member of group) member.fail(error as Error);
      // Those that wait would only wait as long again for a lock that another process holds.
      if (await failed(opening)) for (const { refuse } of this.waiting.splice(0)) refuse(error);
    }
  }

  /** @returns whether there is anything to commit */
  private async runMembers(group: QueuedTransaction[], opening: Promise<unknown>): Promise<boolean> {
    const startMs = performance.now();
    const marks: Promise<unknown>[] = [opening];
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const isFirst = group.length === 0;
      const mark = isFirst ? opening : this.send(`SAVEPOINT ${SAVEPOINT}`);
      const member = new QueuedTransaction(this.thread, mark, (error) => this.note(error));
      next.begin(member);
      const end = await member.ended;
      if (member.lost) throw member.lost;
      if (end === 'commit') group.push(member);
      else if (isFirst) {
        await opening;
        await this.send('ROLLBACK');
        return false;
      } else marks.push(this.send(`ROLLBACK TO ${SAVEPOINT}`));
      if (!isFirst) marks.push(mark, this.send(`RELEASE ${SAVEPOINT}`));
      if (group.length >= GROUP_MAX || performance.now() - startMs > GROUP_MS) break;
    }
    await Promise.all(marks);
    return true;
  }

  /** Sends a statement ahead of those that follow it. Whoever depends on it finds out in time whether it failed. */
  private send(sql: string, isInTransaction = true): Promise<unknown> {
    const sent = this.thread.execute(sql, [], isInTransaction);
    sent.catch(() => undefined);
    return sent;
  }

  /** Leaves the connection idle, whatever has failed. */
  private async settle(error: unknown): Promise<void> {
    this.note(error);
    await this.thread.control('settle').catch(() => undefined);
  }

  private note(error: unknown): void {
    if (error instanceof SqliteError && isOutOfOrder(error.code)) this.failedWith = error;
  }
}

const failed = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => false,
    () => true,
  );
