import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { isSqlite } from './engine-sql.js';
import { connectFor } from './mysql/mysql-options.js';

/** A connection of the lease that is silent for this long is considered broken: it renews every second, and waits for no lock. */
const LEASE_SILENCE_MS = 5000;

/**
 * The connection that renews the lease, which must not wait for a busy pool. On MySQL and MariaDB it has connections of its own; on SQLite, which
 * runs in the process, it shares those of the other statements.
 */
@Injectable()
export class LeaseConnection implements OnApplicationShutdown {
  private constructor(
    readonly manager: EntityManager,
    private readonly writer: Pick<Writer, 'transaction'>,
    private readonly own: DataSource | null,
  ) {}

  static async beside(reader: DataSource, writer: Writer): Promise<LeaseConnection> {
    const { options } = reader;
    if (isSqlite(reader.manager)) return new LeaseConnection(reader.manager, writer, null);
    const extra = { stream: connectFor(LEASE_SILENCE_MS) };
    const own = await new DataSource({ ...options, poolSize: 2, extra } as DataSourceOptions).initialize();
    return new LeaseConnection(own.manager, own, own);
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.writer.transaction(work);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.own?.destroy();
  }
}

/**
 * The connection that writes. On MySQL and MariaDB it is the pool that reads as well. On SQLite, where TypeORM has a single connection, it is a
 * second one on the same file, used by one transaction at a time, so that reads never see uncommitted changes.
 */
@Injectable()
export class Writer implements OnApplicationShutdown {
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly source: DataSource,
    private readonly isShared: boolean,
  ) {}

  static async beside(reader: DataSource): Promise<Writer> {
    if (!isSqlite(reader.manager)) return new Writer(reader, true);
    return new Writer(await new DataSource(reader.options).initialize(), false);
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (this.isShared) return this.source.transaction(work);
    const result = this.queue.then(() => this.source.transaction(work));
    this.queue = result.catch(() => undefined);
    return result;
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.isShared) await this.source.destroy();
  }
}
