import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import {
  MESSAGE_MAX,
  STATEMENTS_MAX,
  type ThreadData,
  type ThreadOptions,
  type ThreadReply,
  type ThreadRequest,
} from './messages.js';
import { THREAD_ENDED } from './out-of-order.js';

const PROGRAM = new URL('./thread.js', import.meta.url);

/** What a thread allocates lives for a statement. Node's default would let it grow by 48 MB before it is collected. */
const YOUNG_GENERATION_MB = 4;

/** How long a process that ends waits for its threads to leave the statements that they are in. */
const LEAVE_MS = 30;

const ending = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const atWork = new Set<ThreadSession>();

// better-sqlite3 aborts the process when a thread is ended in the middle of a statement that fails, as one does that waits for a lock.
process.on('exit', () => {
  Atomics.store(ending, 0, 1);
  Atomics.notify(ending, 0);
  if (atWork.size > 0) Atomics.wait(ending, 0, 1, LEAVE_MS);
});

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

/** A statement that the thread knows. */
export interface KnownStatement {
  slot: number;
  /** `null` until a reply has named them. */
  columns: string[] | null;
}

interface Asked {
  resolve: (reply: ThreadReply) => void;
  reject: (error: SqliteError) => void;
}

/** The life of one thread, with what it was asked and what it knows. Its end fails what it has not answered. */
export class ThreadSession {
  private readonly worker: Worker;
  private asked: Asked[] = [];
  private outgoing: ThreadRequest[] = [];
  private readonly freeSlots = Array.from({ length: STATEMENTS_MAX + 1 }, (_, slot) => slot);
  private readonly known = new LRUCache<string, KnownStatement>({
    max: STATEMENTS_MAX,
    dispose: ({ slot }) => this.freeSlots.push(slot),
  });
  private failure: string | null = null;

  /** @param onEnd is told when the thread has ended by itself */
  constructor(
    options: ThreadOptions,
    private readonly onEnd: () => void,
  ) {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
    const workerData: ThreadData = { ...options, ending };
    this.worker = new Worker(PROGRAM, { workerData, execArgv: [], resourceLimits });
    this.worker.on('message', (replies: ThreadReply[]) => {
      for (const reply of replies) this.settle(reply);
      if (this.asked.length > 0) return;
      this.worker.unref();
      atWork.delete(this);
    });
    this.worker.on('error', (error) => this.fail(error.message));
    this.worker.on('exit', () => this.fail('The thread of the database has ended.'));
  }

  /** Returns the statement as the thread knows it, and its text if the thread doesn't know it yet. */
  name(sql: string): { statement: KnownStatement; text: string | undefined } {
    const earlier = this.known.get(sql);
    if (earlier) return { statement: earlier, text: undefined };
    const statement = { slot: this.freeSlots.pop() ?? 0, columns: null };
    this.known.set(sql, statement);
    return { statement, text: sql };
  }

  /** @throws {SqliteError} */
  ask(request: ThreadRequest): Promise<ThreadReply> {
    if (this.failure !== null) return Promise.reject(new SqliteError(this.failure, THREAD_ENDED, false));
    return new Promise((resolve, reject) => {
      if (this.asked.length === 0) this.worker.ref();
      atWork.add(this);
      this.asked.push({ resolve, reject });
      const count = this.outgoing.push(request);
      // An idle thread begins at once. A busy one can wait for the requests that are about to follow, if there are any.
      if (count === MESSAGE_MAX) this.send();
      else if (this.asked.length === 1) queueMicrotask(() => this.send());
      else if (count === 1) setImmediate(() => this.send());
    });
  }

  /** Answers everything that was asked, and ends the thread. */
  async end(): Promise<void> {
    await this.ask({ kind: 'close' }).catch(() => undefined);
    this.failure ??= 'The database is closed.';
    await this.worker.terminate();
  }

  private send(): void {
    const requests = this.outgoing;
    this.outgoing = [];
    if (requests.length > 0) this.worker.postMessage(requests);
  }

  private settle(reply: ThreadReply): void {
    const asked = this.asked.shift();
    const { error } = reply;
    if (error) asked?.reject(new SqliteError(error.message, error.code, reply.isInTransaction));
    else asked?.resolve(reply);
  }

  private fail(message: string): void {
    const { asked } = this;
    this.failure ??= message;
    atWork.delete(this);
    this.asked = [];
    this.outgoing = [];
    for (const { reject } of asked) reject(new SqliteError(message, THREAD_ENDED, false));
    this.onEnd();
  }
}
