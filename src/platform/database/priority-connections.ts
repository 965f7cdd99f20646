import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { connectFor } from './mysql/mysql-options.js';
import { SqliteDataSource } from './sqlite/sqlite-data-source.js';

/** A statement that is silent for this long is considered lost: all of them are short, and wait for no lock. */
const SILENCE_MS = 5000;

/** The connections of MySQL and MariaDB. */
const POOL_SIZE = 4;

/**
 * Connections for what verification depends on: the lease, and reads of keys that are not cached. Their statements are short, and wait for no
 * others.
 */
@Injectable()
export class PriorityConnections implements OnApplicationShutdown {
  private constructor(private readonly source: DataSource) {}

  static async beside(source: DataSource): Promise<PriorityConnections> {
    return new PriorityConnections(await prioritise(source).initialize());
  }

  get manager(): EntityManager {
    return this.source.manager;
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.source.destroy();
  }
}

function prioritise(source: DataSource): DataSource {
  if (source instanceof SqliteDataSource) return source.prompt();
  const extra = { stream: connectFor(SILENCE_MS) };
  return new DataSource({ ...source.options, poolSize: POOL_SIZE, extra } as DataSourceOptions);
}
