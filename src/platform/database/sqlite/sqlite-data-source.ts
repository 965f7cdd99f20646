import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { describeDisorder } from './out-of-order.js';
import { SqliteDriver } from './sqlite-driver.js';

/** A data source over a database file. */
export class SqliteDataSource extends DataSource {
  declare readonly driver: SqliteDriver;
  private outside: QueryRunner | null = null;

  constructor(options: DataSourceOptions, beside: SqliteDataSource | null = null) {
    super(options);
    Object.assign(this, { driver: new SqliteDriver(this, beside?.driver ?? null) });
  }

  /** Returns what is wrong with the database file, in a sentence; `null` if it takes changes, as far as the latest ones tell. */
  async findProblem(): Promise<string | null> {
    const { writes } = this.driver.file;
    if (writes.failure) await writes.probe();
    const code = writes.failure?.code;
    return code === undefined ? null : describeDisorder(code);
  }

  /** Outside transactions, a query runner has no state: one is enough. */
  override query<T>(sql: string, parameters?: unknown[], runner?: QueryRunner): Promise<T> {
    return super.query<T>(sql, parameters, runner ?? (this.outside ??= this.createQueryRunner()));
  }

  /** Another data source over the same file, whose reads wait for none of this one's. */
  prompt(): SqliteDataSource {
    return new SqliteDataSource(this.options, this);
  }
}
