import type { Socket } from 'node:net';
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
  /** The address from which the database server is reached; that of this machine itself without one. */
  localAddress = '127.0.0.1';
  private readonly source: DataSource;

  private constructor(beside: DataSource) {
    this.source = prioritise(beside, ({ localAddress }) => {
      if (localAddress !== undefined) this.localAddress = localAddress;
    });
  }

  static async beside(source: DataSource): Promise<PriorityConnections> {
    const connections = new PriorityConnections(source);
    await connections.source.initialize();
    return connections;
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

/** @param onConnect is told of each socket to the database server */
function prioritise(source: DataSource, onConnect: (socket: Socket) => void): DataSource {
  if (source instanceof SqliteDataSource) return source.prompt();
  const extra = { stream: connectFor(SILENCE_MS, onConnect) };
  return new DataSource({ ...source.options, poolSize: POOL_SIZE, extra } as DataSourceOptions);
}
