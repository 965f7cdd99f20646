import type { DataSource } from 'typeorm';
import { ConfigError } from '../config/config.js';
import { isSqlite } from './engine-sql.js';
import { isGalera } from './galera/is-galera.js';
import { withMigrationLock } from './migration-lock.js';

/** @throws {ConfigError} for a database that isn't as this version makes it */
export async function requireMigrated(source: DataSource): Promise<void> {
  if (await source.showMigrations())
    throw new ConfigError('The database is of another version: start the server first.');
}

/**
 * Brings the schema up to date, in one process at a time, however many start at once.
 * On SQLite a transaction that writes is the lock, on MySQL and MariaDB a named one, on Galera the {@link withMigrationLock turn}.
 */
export async function migrate(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  const onSqlite = isSqlite(runner.manager);
  try {
    if (await isGalera(runner.manager)) {
      await withMigrationLock(source, () => source.runMigrations({ transaction: 'none' }));
      return;
    }
    await runner.query(onSqlite ? 'BEGIN IMMEDIATE' : `SELECT GET_LOCK(CONCAT('keywright:', DATABASE()), 60)`);
    await source.runMigrations({ transaction: 'none' });
    await runner.query(onSqlite ? 'COMMIT' : `SELECT RELEASE_LOCK(CONCAT('keywright:', DATABASE()))`);
  } catch (error) {
    if (onSqlite) await runner.query('ROLLBACK');
    throw error;
  } finally {
    await runner.release();
  }
}
