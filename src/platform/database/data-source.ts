import type { Pool } from 'mysql2';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { parseDatabaseUrl } from '../config/database-url/database-url.js';
import { mysqlOptions } from './mysql/mysql-options.js';
import { countPool, type PoolUse } from './mysql/pool.js';

/** The longest time that a statement waits for the lock of another process. */
const BUSY_TIMEOUT_MS = 10_000;

const MIGRATIONS_TABLE = 'migration';

/** The tables of the application and the migrations that create them. */
export type Tables = Pick<DataSourceOptions, 'entities' | 'migrations'>;

/**
 * Returns the TypeORM options for a `DATABASE_URL`.
 *
 * @throws {ConfigError} when the URL, or a file that it names, cannot be used
 */
export function dataSourceOptions(url: string, tables: Tables): DataSourceOptions {
  const database = parseDatabaseUrl(url);
  const common = { ...tables, migrationsTableName: MIGRATIONS_TABLE };
  if (database.engine !== 'sqlite') return { ...mysqlOptions(database), ...common };
  return {
    ...common,
    type: 'better-sqlite3',
    database: database.path,
    enableWAL: true,
    timeout: BUSY_TIMEOUT_MS,
  };
}

/** `null` on SQLite, which has no pool. */
export function poolUse({ options, driver }: DataSource): PoolUse | null {
  if (options.type === 'better-sqlite3') return null;
  const { pool } = driver as unknown as { pool: Pool };
  return countPool(pool);
}
