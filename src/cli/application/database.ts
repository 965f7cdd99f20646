import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { TABLES } from '../../entities.js';
import { openDatabase } from '../../platform/database/open-database.js';
import { requireMigrated } from '../../platform/database/schema.js';
import { assertDatabase, readLocation } from '../shell/location.js';

/**
 * Does work that only reads the database, beside running servers or without any. It needs no secret.
 *
 * @throws {ConfigError} when there is no database, or its schema is of another version
 */
export async function withDatabase<T>(work: (source: DataSource) => Promise<T>): Promise<T> {
  const { url } = readLocation();
  assertDatabase(url);
  const source = await openDatabase(url, TABLES);
  try {
    await requireMigrated(source);
    return await work(source);
  } finally {
    await source.destroy();
  }
}
