import type { FileIdentity } from './messages.js';
import { SqliteThread, type StatementResult } from './sqlite-thread.js';

/** The most threads that read. */
const THREADS_MAX = 4;

const IDLE_MS = 5000;

/**
 * Connections that read, each in a thread of its own, with one statement at a time, so that no statement waits behind a long one while a thread
 * is idle. A statement sees all that was committed before it began, and nothing else. A thread takes 10 MB of memory: one that no statement has
 * needed for a time ends until one needs it again.
 */
export class Readers {
  private readonly idle: SqliteThread[] = [];
  private readonly all: SqliteThread[] = [];
  private readonly waiting: ((thread: SqliteThread) => void)[] = [];
  /** How many threads have been idle ever since the timer last looked: those that are taken last. */
  private unneeded = 0;
  private readonly timer: NodeJS.Timeout;

  /** @param idleMs the time after which a thread ends, which can take twice as long */
  constructor(
    private readonly file: string,
    private readonly identity: FileIdentity | null,
    idleMs = IDLE_MS,
  ) {
    this.timer = setInterval(() => this.endUnneeded(), idleMs).unref();
  }

  async execute(sql: string, parameters: unknown[]): Promise<StatementResult> {
    const thread = this.idle.pop() ?? (await this.take());
    this.unneeded = Math.min(this.unneeded, this.idle.length);
    try {
      return await thread.execute(sql, parameters, false);
    } finally {
      const next = this.waiting.shift();
      if (next) next(thread);
      else this.idle.push(thread);
    }
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.all.splice(0).map((thread) => thread.end()));
  }

  private take(): SqliteThread | Promise<SqliteThread> {
    if (this.all.length >= THREADS_MAX) return new Promise((resolve) => this.waiting.push(resolve));
    const thread = new SqliteThread({ file: this.file, role: 'reader', identity: this.identity });
    this.all.push(thread);
    return thread;
  }

  private endUnneeded(): void {
    for (const thread of this.idle.slice(0, this.unneeded)) void thread.end();
    this.unneeded = this.idle.length;
  }
}
