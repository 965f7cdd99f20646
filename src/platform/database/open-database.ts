import type { DataSource } from 'typeorm';
import { ConfigError } from '../config/config-error.js';
import { errorMessage } from '../runtime/error-message.js';
import { createDataSource, type Tables } from './data-source.js';
import { isSqlite } from './engine-sql.js';
import { assertUsable, engineOf, readServerSettings } from './mysql/server-settings.js';

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
    throw error instanceof ConfigError
      ? error
      : new ConfigError(`Keywright cannot open the database that DATABASE_URL names: ${errorMessage(error)}`);
  }
}
