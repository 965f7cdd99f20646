import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryFailedError, type DataSource } from 'typeorm';
import { databaseTimeMs } from './engine-sql.js';

/** How long a turn lasts without a sign of life from whose it is. */
const TURN_MS = 30_000;
const RENEW_EVERY_MS = 5000;
const LOOK_EVERY_MS = 200;

/**
 * Does `work` in one process at a time, of all that are at any node of a Galera cluster, where named locks end at the node. Whose turn it is stands in
 * a table that is there before all others.
 */
export async function withMigrationLock(source: DataSource, work: () => Promise<unknown>): Promise<void> {
  const holder = randomUUID();
  const until = `${databaseTimeMs(source)} + ${TURN_MS}`;
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
  while (!(await take().catch(whenSlower))) await sleep(LOOK_EVERY_MS);
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

/** Another node has committed first. */
function whenSlower(error: unknown): false {
  const { code } = (error instanceof QueryFailedError ? error.driverError : {}) as { code?: string };
  if (code === 'ER_LOCK_DEADLOCK') return false;
  throw error;
}
