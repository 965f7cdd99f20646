import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { poolUse } from '../../database.js';
import { Measures } from '../../domain/measures.js';

/** What can be told of the connections to the database, where there is a pool of them. */
@Injectable()
export class PoolMeasures {
  constructor(@InjectDataSource() source: DataSource, measures: Measures) {
    if (!poolUse(source)) return;
    measures.add(
      {
        kind: 'gauge',
        name: 'keywright_database_connections',
        help: 'Connections of the pool.',
        labels: ['state'],
        read: () => {
          const { inUse = 0, idle = 0 } = poolUse(source) ?? {};
          return [
            { value: inUse, labels: { state: 'in_use' } },
            { value: idle, labels: { state: 'idle' } },
          ];
        },
      },
      {
        kind: 'gauge',
        name: 'keywright_database_waiting',
        help: 'Requests that wait for a connection of the pool.',
        read: () => poolUse(source)?.waiting ?? 0,
      },
    );
  }
}
