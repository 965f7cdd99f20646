import { MigrationExecutor, type DataSource } from 'typeorm';
import { ConfigError } from '../config/config-error.js';
import { isSqlite } from './engine-sql.js';
import { isGalera } from './galera/is-galera.js';
import { withMigrationLock } from './migration-lock.js';

/** @throws {ConfigError} when the schema of the database is of another version */
export async function requireMigrated(source: DataSource): Promise<void> {
  if (await source.showMigrations())
    throw new ConfigError(
      'The schema of the database is of another version. Start the server first: it migrates the schema.',
    );
}

/**
 * Migrates the schema, in one process at a time, even when several start together. The lock is a write transaction on SQLite, a named lock on
 * MySQL and MariaDB, and a {@link withMigrationLock row} on Galera.
 */
export async function migrate(source: DataSource): Promise<void> {
  if (isSqlite(source.manager)) {
    await migrateSqlite(source);
    return;
  }
  const runner = source.createQueryRunner();
  try {
    if (await isGalera(runner.manager)) {
      await withMigrationLock(source, () => source.runMigrations({ transaction: 'none' }));
      return;
    }
    await runner.query(`SELECT GET_LOCK(CONCAT('keywright:', DATABASE()), 60)`);
    await source.runMigrations({ transaction: 'none' });
    await runner.query(`SELECT RELEASE_LOCK(CONCAT('keywright:', DATABASE()))`);
  } finally {
    await runner.release();
  }
}

/** All migrations are one transaction. */
async function migrateSqlite(source: DataSource): Promise<void> {
  await source.transaction(async ({ queryRunner }) => {
    const executor = new MigrationExecutor(source, queryRunner);
    executor.transaction = 'none';
    await executor.executePendingMigrations();
  });
}
