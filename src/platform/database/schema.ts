import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { ConfigError } from '../config/config-error.js';
import { isSqlite } from './engine-sql.js';
import { isGalera } from './galera/is-galera.js';
import { withMigrationLock } from './migration-lock.js';
import { withNamedLock } from './mysql/named-lock.js';

/** @throws {ConfigError} when the schema of the database is of another version */
export async function requireMigrated(source: DataSource): Promise<void> {
  await requireNotNewer(source);
  if (await source.showMigrations())
    throw new ConfigError(
      'The schema of the database is of another version. Start the server first: it migrates the schema.',
    );
}

/** @throws {ConfigError} when the database has a migration that this version does not know */
async function requireNotNewer(source: DataSource, executor = new MigrationExecutor(source)): Promise<void> {
  const known = new Set(source.migrations.map(({ name, constructor }) => name ?? constructor.name));
  const unknown = (await executor.getExecutedMigrations()).map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new ConfigError(
      `The schema of the database is newer than this version (it has ${unknown.join(', ')}). Run the version that has migrated it, or a later ` +
        'one; to go back, restore a backup from before the upgrade.',
    );
}

/**
 * Migrates the schema, in one process at a time, even when several start together. The lock is a write transaction on SQLite, a named lock on
 * MySQL and MariaDB, and a {@link withMigrationLock row} on Galera.
 *
 * @throws {ConfigError} when the schema is newer than this version
 */
export async function migrate(source: DataSource): Promise<void> {
  if (isSqlite(source.manager)) {
    await migrateSqlite(source);
    return;
  }
  const runner = source.createQueryRunner();
  try {
    if (await isGalera(runner.manager)) {
      await withMigrationLock(source, () => runMigrations(source));
      return;
    }
    await withNamedLock(runner, () => runMigrationsOn(runner, source));
  } finally {
    await runner.release();
  }
}

async function runMigrations(source: DataSource): Promise<void> {
  await requireNotNewer(source);
  await source.runMigrations({ transaction: 'none' });
}

/** All migrations are one transaction. */
async function migrateSqlite(source: DataSource): Promise<void> {
  await source.transaction(({ queryRunner }) => runMigrationsOn(queryRunner, source));
}

/** Migrates on the connection that holds the lock, so that no process migrates without it. */
async function runMigrationsOn(runner: QueryRunner | undefined, source: DataSource): Promise<void> {
  const executor = new MigrationExecutor(source, runner);
  executor.transaction = 'none';
  await requireNotNewer(source, executor);
  await executor.executePendingMigrations();
}
