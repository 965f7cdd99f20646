import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { ConfigError } from '../config/config-error.js';
import { isSqlite } from './engine-sql.js';
import { isGalera } from './galera/is-galera.js';
import { withMigrationLock } from './migration-lock.js';
import { withNamedLock } from './mysql/named-lock.js';

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
  const runner = source.createQueryRunner();
  const onSqlite = isSqlite(runner.manager);
  try {
    if (await isGalera(runner.manager)) {
      await withMigrationLock(source, () => source.runMigrations({ transaction: 'none' }));
      return;
    }
    if (!onSqlite) {
      await withNamedLock(runner, () => runMigrationsOn(runner, source));
      return;
    }
    await runner.query('BEGIN IMMEDIATE');
    await source.runMigrations({ transaction: 'none' });
    await runner.query('COMMIT');
  } catch (error) {
    if (onSqlite) await runner.query('ROLLBACK');
    throw error;
  } finally {
    await runner.release();
  }
}

/** Migrates on the connection that holds the lock, so that no process migrates without it. */
async function runMigrationsOn(runner: QueryRunner, source: DataSource): Promise<void> {
  const executor = new MigrationExecutor(source, runner);
  executor.transaction = 'none';
  await executor.executePendingMigrations();
}
