import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryFailedError, type DataSource } from 'typeorm';
import { databaseTimeMs } from './engine-sql.js';

/** The lock expires this long after its last renewal. */
const LOCK_MS = 30_000;
const RENEW_EVERY_MS = 5000;
const LOOK_EVERY_MS = 200;

/**
 * Runs `work` in one process at a time, across all nodes of a Galera cluster, where a named lock is local to its node. The lock is a row of a
 * table that is created before all others.
 */
export async function withMigrationLock(source: DataSource, work: () => Promise<unknown>): Promise<void> {
  const holder = randomUUID();
  const until = `${databaseTimeMs(source)} + ${LOCK_MS}`;
  await source.query(
    'CREATE TABLE IF NOT EXISTS migration_turn (id INT PRIMARY KEY, holder VARCHAR(36) NOT NULL, held_until BIGINT NOT NULL)',
  );
  const take = async (): Promise<boolean> => {
    await source.query(`INSERT IGNORE INTO migration_turn (id, holder, held_until) VALUES (1, '', 0)`);
    const free = `id = 1 AND held_until < ${databaseTimeMs(source)}`;
    const { affectedRows } = await source.query<{ affectedRows: number }>(
      `UPDATE migration_turn SET holder = ?, held_until = ${until} WHERE ${free}`,
      [holder],
    );
    return affectedRows === 1;
  };
  while (!(await take().catch(ignoreConflict))) await sleep(LOOK_EVERY_MS);
  const renew = (): void =>
    void source
      .query(`UPDATE migration_turn SET held_until = ${until} WHERE holder = ?`, [holder])
      .catch(() => undefined);
  const timer = setInterval(renew, RENEW_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
    await source.query('UPDATE migration_turn SET held_until = 0 WHERE holder = ?', [holder]).catch(() => undefined);
  }
}

/** Handles the conflict of a node that was slower than another one. */
function ignoreConflict(error: unknown): false {
  const { code } = (error instanceof QueryFailedError ? error.driverError : {}) as { code?: string };
  if (code === 'ER_LOCK_DEADLOCK') return false;
  throw error;
}
