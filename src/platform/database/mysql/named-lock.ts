import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { ConfigError } from '../../config/config-error.js';

/** The longest time that one statement waits for the lock; shorter than a connection may be silent. */
const ASK_SECONDS = 1;

/** The longest time to wait for another process that migrates the schema. */
const WAIT_MAX_MS = 10 * 60_000;

const PAUSE_MS = 100;

/** The lock of the database that the connection uses; a lock's name has 64 characters at the most, as the database's own can have. */
const NAME = `CONCAT('keywright:', LEFT(SHA2(DATABASE(), 256), 48))`;

/**
 * Runs `work` while the runner's connection holds the database's named lock. If `work` uses that connection only, it cannot outlive the lock: the
 * server releases it when the connection is lost.
 *
 * @param waitMaxMs how long to wait for a process that holds it
 * @throws {ConfigError} when the lock is still held after that time
 */
export async function withNamedLock(
  runner: QueryRunner,
  work: () => Promise<unknown>,
  waitMaxMs = WAIT_MAX_MS,
): Promise<void> {
  const startMs = performance.now();
  while (!(await acquire(runner))) {
    if (performance.now() - startMs > waitMaxMs)
      throw new ConfigError(
        'Another process has been migrating the schema of the database for ten minutes, or holds its lock. Start again when it has ended.',
      );
    await sleep(PAUSE_MS);
  }
  try {
    await work();
  } finally {
    // If this fails, the connection is closed, and the lock with it.
    await runner.query(`SELECT RELEASE_LOCK(${NAME})`).catch(() => undefined);
  }
}

async function acquire(runner: QueryRunner): Promise<boolean> {
  const asked = (await runner.query(`SELECT GET_LOCK(${NAME}, ${ASK_SECONDS}) AS hasLock`)) as {
    hasLock: string | number | null;
  }[];
  return Number(asked[0]?.hasLock) === 1;
}
