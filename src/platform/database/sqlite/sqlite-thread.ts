import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import {
  MESSAGE_MAX,
  STATEMENTS_MAX,
  type ControlRequest,
  type FileIdentity,
  type ThreadOptions,
  type ThreadReply,
  type ThreadRequest,
} from './messages.js';
import { THREAD_ENDED } from './out-of-order.js';

const PROGRAM = new URL('./thread.js', import.meta.url);

/** A statement that the thread knows. */
interface Known {
  slot: number;
  /** `null` until the first reply has named them. */
  columns: string[] | null;
}

/** What the engine answers to a statement. */
export interface StatementResult {
  /** `null` for a statement that returns no rows. */
  rows: Record<string, unknown>[] | null;
  changes: number;
  lastInsertRowid: number | bigint;
}

/** The engine has refused a statement. */
export class SqliteError extends Error {
  constructor(
    message: string,
    readonly code: string | undefined,
    /** Whether the transaction is still open. SQLite ends it by itself after some errors, such as a full disk. */
    readonly isInTransaction: boolean,
  ) {
    super(message);
  }
}

interface Asked {
  resolve: (reply: ThreadReply) => void;
  reject: (error: SqliteError) => void;
}

/**
 * A connection to the database file in a thread of its own, because the engine blocks the thread that calls it. Requests are answered in their
 * order; under load, many share one message. A thread that has ended is replaced by the next request.
 */
export class SqliteThread {
  private worker: Worker | null = null;
  private readonly known = new LRUCache<string, Known>({
    max: STATEMENTS_MAX,
    dispose: ({ slot }) => this.freeSlots.push(slot),
  });
  private readonly freeSlots = Array.from({ length: STATEMENTS_MAX + 1 }, (_, slot) => slot);
  private outgoing: ThreadRequest[] = [];
  private asked: Asked[] = [];

  constructor(private options: ThreadOptions) {}

  /** The number of requests that are not answered yet. */
  get pending(): number {
    return this.asked.length;
  }

  /** @throws {SqliteError} */
  async execute(sql: string, parameters: unknown[], isInTransaction: boolean): Promise<StatementResult> {
    this.worker ??= this.start();
    const earlier = this.known.get(sql);
    const statement = earlier ?? { slot: this.freeSlots.pop() ?? 0, columns: null };
    const text = earlier ? undefined : sql;
    if (!earlier) this.known.set(sql, statement);
    const request = { kind: 'statement', slot: statement.slot, sql: text, parameters, isInTransaction } as const;
    const { rows, columns, changes = 0, lastInsertRowid = 0 } = await this.ask(request);
    if (columns) statement.columns = columns;
    return { rows: rows ? named(statement.columns ?? [], rows) : null, changes, lastInsertRowid };
  }

  /**
   * Opens the connection; a thread that replaces this one opens the same file or none.
   *
   * @throws {SqliteError}
   */
  async open(): Promise<FileIdentity | null> {
    const { identity = null } = await this.ask({ kind: 'open' });
    this.options = { ...this.options, identity };
    return identity;
  }

  /** @throws {SqliteError} */
  async control(kind: ControlRequest['kind']): Promise<void> {
    await this.ask({ kind });
  }

  /** @throws {SqliteError} */
  async backUp(target: string): Promise<void> {
    await this.ask({ kind: 'backup', target });
  }

  async end(): Promise<void> {
    if (!this.worker) return;
    await this.control('close').catch(() => undefined);
    const { worker } = this;
    this.worker = null;
    await worker.terminate();
  }

  private ask(request: ThreadRequest): Promise<ThreadReply> {
    return new Promise((resolve, reject) => {
      const worker = (this.worker ??= this.start());
      if (this.asked.length === 0) worker.ref();
      this.asked.push({ resolve, reject });
      const count = this.outgoing.push(request);
      // An idle thread begins at once. A busy one can wait for the requests that are about to follow, if there are any.
      if (count === MESSAGE_MAX) this.send();
      else if (this.asked.length === 1) queueMicrotask(() => this.send());
      else if (count === 1) setImmediate(() => this.send());
    });
  }

  private send(): void {
    const requests = this.outgoing;
    this.outgoing = [];
    if (requests.length > 0) this.worker?.postMessage(requests);
  }

  private start(): Worker {
    this.known.clear();
    const worker = new Worker(PROGRAM, { workerData: this.options, execArgv: [], stderr: false });
    const end = (error?: Error): void => {
      if (this.worker === worker) this.worker = null;
      this.fail(error?.message ?? 'The thread of the database has ended.');
    };
    worker.on('message', (replies: ThreadReply[]) => {
      for (const reply of replies) this.settle(reply);
      if (this.asked.length === 0) worker.unref();
    });
    worker.on('error', end);
    worker.on('exit', () => end());
    return worker;
  }

  private settle(reply: ThreadReply): void {
    const asked = this.asked.shift();
    const { error } = reply;
    if (error) asked?.reject(new SqliteError(error.message, error.code, reply.isInTransaction));
    else asked?.resolve(reply);
  }

  private fail(message: string): void {
    const { asked } = this;
    this.asked = [];
    this.outgoing = [];
    for (const { reject } of asked) reject(new SqliteError(message, THREAD_ENDED, false));
  }
}

function named(columns: string[], rows: unknown[][]): Record<string, unknown>[] {
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    columns.forEach((column, index) => (row[column] = values[index]));
    return row;
  });
}
