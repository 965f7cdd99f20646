import type { Pool } from 'mysql2';
import { AbstractLogger, DataSource, type DataSourceOptions } from 'typeorm';
import { parseDatabaseUrl } from '../config/database-url/database-url.js';
import { mysqlOptions } from './mysql/mysql-options.js';
import { countPool, type PoolUse } from './mysql/pool.js';
import { SqliteDataSource } from './sqlite/sqlite-data-source.js';

const MIGRATIONS_TABLE = 'migration';

/** TypeORM would print what goes wrong in a migration; whoever migrates says it in a line. */
class SilentLogger extends AbstractLogger {
  protected override writeLog(): void {
    // Errors are thrown, and statements are no concern of the log.
  }
}

/** The tables of the application and the migrations that create them. */
export type Tables = Pick<DataSourceOptions, 'entities' | 'migrations'>;

/**
 * Returns a data source for a `DATABASE_URL` that is not connected yet.
 *
 * @throws {ConfigError} when the URL, or a file that it names, cannot be used
 */
export function createDataSource(url: string, tables: Tables): DataSource {
  const database = parseDatabaseUrl(url);
  const common = { ...tables, migrationsTableName: MIGRATIONS_TABLE, logger: new SilentLogger() };
  if (database.engine === 'sqlite')
    return new SqliteDataSource({ ...common, type: 'better-sqlite3', database: database.path });
  return new DataSource({ ...mysqlOptions(database), ...common });
}

/** `null` on SQLite, which has no pool. */
export function poolUse({ options, driver }: DataSource): PoolUse | null {
  if (options.type === 'better-sqlite3') return null;
  const { pool } = driver as unknown as { pool: Pool };
  return countPool(pool);
}
