import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { poolUse } from './data-source.js';
import { MetricsRegistry } from '../observability/metrics/metrics-registry.js';

/** Metrics of the connection pool; none on SQLite, which has no pool. */
@Injectable()
export class PoolMetrics {
  constructor(@InjectDataSource() source: DataSource, metrics: MetricsRegistry) {
    metrics.add(
      {
        kind: 'gauge',
        name: 'keywright_database_connections',
        help: 'Connections of the pool.',
        labels: ['state'],
        read: () => {
          const use = poolUse(source);
          if (!use) return [];
          return [
            { value: use.inUse, labels: { state: 'in_use' } },
            { value: use.idle, labels: { state: 'idle' } },
          ];
        },
      },
      {
        kind: 'gauge',
        name: 'keywright_database_waiting',
        help: 'Requests that wait for a connection of the pool.',
        read: () => poolUse(source)?.waiting ?? [],
      },
    );
  }
}
