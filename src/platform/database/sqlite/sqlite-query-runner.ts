import { QueryFailedError, QueryResult, TransactionNotStartedError } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { BroadcasterResult } from 'typeorm/subscriber/BroadcasterResult.js';
import type { Reader, SqliteFile } from './sqlite-file.js';
import type { StatementResult } from './sqlite-thread.js';
import type { QueuedTransaction } from './write-queue.js';

/** Where statements run. */
interface Connections {
  readonly file: SqliteFile;
  readonly reader: Reader;
}

/** Statements that only read. */
const READING = /^\s*(SELECT|EXPLAIN)\b/i;

/**
 * Executes TypeORM's statements on the threads of the database file: those of a transaction on the writing connection, reads outside
 * transactions on reading ones.
 */
export class SqliteQueryRunner extends BetterSqlite3QueryRunner {
  private queued: QueuedTransaction | null = null;

  constructor(private readonly connections: BetterSqlite3Driver & Connections) {
    super(connections);
  }

  override async startTransaction(): Promise<void> {
    if (this.queued) throw new Error('SQLite transactions are not nested here.');
    this.queued = await this.connections.file.writes.begin();
    this.isTransactionActive = true;
    this.transactionDepth = 1;
  }

  override async commitTransaction(): Promise<void> {
    await this.end((transaction) => transaction.commit());
  }

  override async rollbackTransaction(): Promise<void> {
    await this.end((transaction) => transaction.rollBack());
  }

  override async release(): Promise<void> {
    this.queued?.rollBack();
    this.queued = null;
    await super.release();
  }

  override beforeMigration(): Promise<void> {
    return Promise.resolve();
  }

  override afterMigration(): Promise<void> {
    return Promise.resolve();
  }

  override query(sql: string, parameters?: unknown[], useStructuredResult?: false): Promise<unknown>;
  override query(sql: string, parameters: unknown[] | undefined, useStructuredResult: true): Promise<QueryResult>;
  override async query(sql: string, parameters: unknown[] = [], useStructuredResult = false): Promise<unknown> {
    // The engine knows no booleans.
    const values = parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value));
    if (this.dataSource.subscribers.length > 0) return this.observed(sql, values, useStructuredResult);
    return this.ask(sql, values, useStructuredResult);
  }

  /** As {@link query}, but tells those who follow all statements. */
  private async observed(sql: string, values: unknown[], isStructured: boolean): Promise<unknown> {
    const listening = new BroadcasterResult();
    const startMs = performance.now();
    await this.broadcaster.broadcast('BeforeQuery', sql, values);
    const tell = (isSuccess: boolean, result: unknown, error?: unknown): void =>
      this.broadcaster.broadcastAfterQueryEvent(
        listening,
        sql,
        values,
        isSuccess,
        performance.now() - startMs,
        result,
        error,
      );
    try {
      const result = await this.ask(sql, values, isStructured);
      tell(true, result);
      return result;
    } catch (error) {
      tell(false, undefined, error);
      throw error;
    } finally {
      await listening.wait();
    }
  }

  private async ask(sql: string, values: unknown[], isStructured: boolean): Promise<unknown> {
    try {
      const { rows, changes, lastInsertRowid } = await this.execute(sql, values);
      if (!isStructured) return rows ?? lastInsertRowid;
      const result = new QueryResult();
      result.raw = rows ?? lastInsertRowid;
      if (rows) result.records = rows;
      else result.affected = changes;
      return result;
    } catch (error) {
      throw new QueryFailedError(sql, values, error as Error);
    }
  }

  private execute(sql: string, values: unknown[]): Promise<StatementResult> {
    if (this.queued) return this.queued.execute(sql, values);
    return READING.test(sql)
      ? this.connections.reader.execute(sql, values)
      : this.connections.file.writes.execute(sql, values);
  }

  private async end(how: (transaction: QueuedTransaction) => Promise<void> | void): Promise<void> {
    const { queued } = this;
    if (!queued) throw new TransactionNotStartedError();
    this.queued = null;
    this.isTransactionActive = false;
    this.transactionDepth = 0;
    await how(queued);
  }

  protected override async loadPragmaRecords(tablePath: string, pragma: string): Promise<unknown> {
    return this.query(`PRAGMA ${pragma}("${tablePath}")`);
  }
}
