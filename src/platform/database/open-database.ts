import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { createDataSource, type Tables } from './data-source.js';
import { isSqlite } from './engine-sql.js';
import { assertUsable, engineOf, readServerSettings } from './mysql/server-settings.js';
import { asOpenFailure, DatabaseAwayError } from './open-failure.js';

/** The pause between two attempts to reach a database that is not there yet. */
const TRY_EVERY_MS = 500;

/**
 * Connects to the database of a `DATABASE_URL`, by the dialect of the server that is found there. The application is composed around an open one: Nest would log what goes wrong here twice, with
 * stacks.
 *
 * @throws {ConfigError}
 */
export async function openDatabase(url: string, tables: Tables): Promise<DataSource> {
  const source = createDataSource(url, tables);
  try {
    await source.initialize();
    if (isSqlite(source.manager)) return source;
    const settings = await readServerSettings(source.manager);
    assertUsable(settings);
    const engine = engineOf(settings);
    if (source.options.type === engine) return source;
    await source.destroy();
    return await createDataSource(url.replace(/^\w+/, engine), tables).initialize();
  } catch (error) {
    if (source.isInitialized) await source.destroy();
    throw asOpenFailure(error, url);
  }
}

/**
 * Connects to the database as {@link openDatabase} does, and waits for a server that does not answer yet. What no time mends, like a wrong
 * password, is not waited for.
 *
 * @param waitSeconds how long to try again after the first attempt
 * @param onWait called once, with what is waited for, when the first attempt has failed
 * @throws {ConfigError}
 */
export async function awaitDatabase(
  url: string,
  tables: Tables,
  waitSeconds: number,
  onWait: (reason: string) => void,
): Promise<DataSource> {
  const endMs = performance.now() + waitSeconds * 1000;
  let isWaiting = false;
  for (;;)
    try {
      return await openDatabase(url, tables);
    } catch (error) {
      if (!(error instanceof DatabaseAwayError) || performance.now() >= endMs) throw error;
      if (!isWaiting) onWait(error.message);
      isWaiting = true;
      await sleep(TRY_EVERY_MS);
    }
}
