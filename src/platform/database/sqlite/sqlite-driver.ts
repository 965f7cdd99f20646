import type { DataSource, ReplicationMode } from 'typeorm';
import { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { SqliteFile, type Reader } from './sqlite-file.js';
import { SqliteQueryRunner } from './sqlite-query-runner.js';

/** TypeORM's driver for SQLite, over connections in threads of their own. */
export class SqliteDriver extends BetterSqlite3Driver {
  private opened: SqliteFile | null = null;
  private ownReader: Reader | null = null;

  /** @param beside the driver whose file this one uses, too, with a prompt reader of its own */
  constructor(
    source: DataSource,
    private readonly beside: SqliteDriver | null,
  ) {
    super(source);
  }

  get file(): SqliteFile {
    if (!this.opened) throw new Error('The database file is closed.');
    return this.opened;
  }

  get reader(): Reader {
    return this.ownReader ?? this.file.reader;
  }

  override async connect(): Promise<void> {
    this.opened = this.beside?.file ?? (await SqliteFile.open(this.options.database));
    if (this.beside) this.ownReader = this.opened.promptReader();
  }

  override async disconnect(): Promise<void> {
    if (this.beside) await this.ownReader?.end();
    else await this.opened?.close();
    this.opened = null;
  }

  override createQueryRunner(_mode?: ReplicationMode): SqliteQueryRunner {
    return new SqliteQueryRunner(this);
  }
}
