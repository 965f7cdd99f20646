import type { ControlRequest, FileIdentity, ThreadOptions } from './messages.js';
import { ThreadSession } from './thread-session.js';

/** What the engine answers to a statement. */
export interface StatementResult {
  /** `null` for a statement that returns no rows. */
  rows: Record<string, unknown>[] | null;
  changes: number;
  lastInsertRowid: number | bigint;
}

/**
 * A connection to the database file in a thread of its own, because the engine blocks the thread that calls it. Requests are answered in their
 * order; under load, several share one message. A thread that has ended is replaced by the next request.
 */
export class SqliteThread {
  private session: ThreadSession | null = null;

  constructor(private options: ThreadOptions) {}

  /** @throws {SqliteError} */
  async execute(sql: string, parameters: unknown[], isInTransaction: boolean): Promise<StatementResult> {
    const session = this.current();
    const { statement, text } = session.name(sql);
    const request = { kind: 'statement', slot: statement.slot, sql: text, parameters, isInTransaction } as const;
    const { rows, columns, changes = 0, lastInsertRowid = 0 } = await session.ask(request);
    if (columns) statement.columns = columns;
    return { rows: rows ? named(statement.columns ?? [], rows) : null, changes, lastInsertRowid };
  }

  /**
   * Opens the connection; a thread that replaces this one opens the same file or none.
   *
   * @throws {SqliteError}
   */
  async open(): Promise<FileIdentity | null> {
    const { identity = null } = await this.current().ask({ kind: 'open' });
    this.options = { ...this.options, identity };
    return identity;
  }

  /** @throws {SqliteError} */
  async control(kind: ControlRequest['kind']): Promise<void> {
    await this.current().ask({ kind });
  }

  /** @throws {SqliteError} */
  async backUp(target: string): Promise<void> {
    await this.current().ask({ kind: 'backup', target });
  }

  async end(): Promise<void> {
    const { session } = this;
    this.session = null;
    await session?.end();
  }

  private current(): ThreadSession {
    if (this.session) return this.session;
    const session = new ThreadSession(this.options, () => {
      if (this.session === session) this.session = null;
    });
    this.session = session;
    return session;
  }
}

function named(columns: string[], rows: unknown[][]): Record<string, unknown>[] {
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    columns.forEach((column, index) => (row[column] = values[index]));
    return row;
  });
}
