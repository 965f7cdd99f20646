import type { FileIdentity } from './messages.js';
import { SqliteThread, type StatementResult } from './sqlite-thread.js';

/** The most threads that read. */
const THREADS_MAX = 4;

/**
 * Connections that read, each in a thread of its own, with one statement at a time, so that no statement waits behind a long one while a thread
 * is idle. A statement sees all that was committed before it began, and nothing else.
 */
export class Readers {
  private readonly idle: SqliteThread[] = [];
  private readonly all: SqliteThread[] = [];
  private readonly waiting: ((thread: SqliteThread) => void)[] = [];

  constructor(
    private readonly file: string,
    private readonly identity: FileIdentity | null,
  ) {}

  async execute(sql: string, parameters: unknown[]): Promise<StatementResult> {
    const thread = this.idle.pop() ?? (await this.take());
    try {
      return await thread.execute(sql, parameters, false);
    } finally {
      const next = this.waiting.shift();
      if (next) next(thread);
      else this.idle.push(thread);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.all.splice(0).map((thread) => thread.end()));
  }

  private take(): SqliteThread | Promise<SqliteThread> {
    if (this.all.length >= THREADS_MAX) return new Promise((resolve) => this.waiting.push(resolve));
    const thread = new SqliteThread({ file: this.file, role: 'reader', identity: this.identity });
    this.all.push(thread);
    return thread;
  }
}
