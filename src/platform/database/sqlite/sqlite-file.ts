import { dirname } from 'node:path';
import { createLastingFolder } from '../../runtime/lasting-folder.js';
import type { FileIdentity } from './messages.js';
import { Readers } from './readers.js';
import { SqliteThread, type StatementResult } from './sqlite-thread.js';
import { WriteQueue } from './write-queue.js';

/** Reads outside transactions. */
export interface Reader {
  execute(sql: string, parameters: unknown[]): Promise<StatementResult>;
  end(): Promise<void>;
}

/** An open database file, with its connections. */
export class SqliteFile {
  readonly writes: WriteQueue;
  readonly reader: Reader;

  private constructor(
    private readonly path: string,
    private readonly writer: SqliteThread,
    private readonly identity: FileIdentity | null,
  ) {
    this.writes = new WriteQueue(writer);
    this.reader = new Readers(path, identity);
  }

  /** Opens a database file, and creates it when there is none. */
  static async open(path: string): Promise<SqliteFile> {
    createLastingFolder(dirname(path));
    const writer = new SqliteThread({ file: path, role: 'writer', identity: null });
    try {
      return new SqliteFile(path, writer, await writer.open());
    } catch (error) {
      await writer.end();
      throw error;
    }
  }

  /** A reader of its own for short statements that must not wait for others. Under load, many of them share one message to its thread. */
  promptReader(): Reader {
    const thread = this.readingThread();
    return { execute: (sql, parameters) => thread.execute(sql, parameters, false), end: () => thread.end() };
  }

  /** Copies the database into a file, consistently and beside running transactions. */
  async backUp(target: string): Promise<void> {
    const thread = this.readingThread();
    try {
      await thread.backUp(target);
    } finally {
      await thread.end();
    }
  }

  async close(): Promise<void> {
    await this.reader.end();
    await this.writer.end();
  }

  private readingThread(): SqliteThread {
    return new SqliteThread({ file: this.path, role: 'reader', identity: this.identity });
  }
}
