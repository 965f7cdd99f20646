import type { DataSource } from 'typeorm';
import { ConfigError } from '../config/config-error.js';
import { errorMessage } from '../runtime/error-message.js';
import { createDataSource, type Tables } from './data-source.js';

/**
 * Connects to the database of a `DATABASE_URL`. The application is composed around an open one: Nest would log what goes wrong here twice, with
 * stacks.
 *
 * @throws {ConfigError}
 */
export async function openDatabase(url: string, tables: Tables): Promise<DataSource> {
  try {
    return await createDataSource(url, tables).initialize();
  } catch (error) {
    throw new ConfigError(`Keywright cannot open the database that DATABASE_URL names: ${errorMessage(error)}`);
  }
}
