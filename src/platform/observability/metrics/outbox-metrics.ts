import { Injectable } from '@nestjs/common';
import type { FindOptionsWhere, Repository } from 'typeorm';
import { Clock } from '../../runtime/clock.js';
import { MetricsRegistry, type Reading } from './metrics-registry.js';

/** The rows of a table that wait to be passed on. */
interface Outbox {
  of: string;
  count: () => Promise<number>;
  oldest: () => Promise<Date | null>;
}

/** Metrics of all outboxes: how much waits, and for how long. */
@Injectable()
export class OutboxMetrics {
  private readonly all: Outbox[] = [];

  constructor(
    private readonly clock: Clock,
    metrics: MetricsRegistry,
  ) {
    metrics.add(
      {
        kind: 'gauge',
        name: 'keywright_outbox_entries',
        help: 'Rows that wait to be passed on: unsealed audit records, webhook deliveries, mails.',
        labels: ['of'],
        read: () => this.readings(({ count }) => count()),
      },
      {
        kind: 'gauge',
        name: 'keywright_outbox_age_seconds',
        help: 'The age of the oldest waiting row.',
        labels: ['of'],
        read: () => this.readings(async ({ oldest }) => this.ageOf(await oldest())),
      },
    );
  }

  /** @param waiting the condition of the waiting rows, which an index must support */
  add<T extends { createdAt: Date }>(of: string, rows: Repository<T>, waiting: FindOptionsWhere<T>): void {
    const first = { where: waiting, order: { createdAt: 'ASC' }, take: 1 } as Parameters<typeof rows.find>[0];
    this.all.push({
      of,
      count: () => rows.countBy(waiting),
      oldest: async () => (await rows.find(first))[0]?.createdAt ?? null,
    });
  }

  private readings(read: (outbox: Outbox) => Promise<number>): Promise<Reading[]> {
    return Promise.all(this.all.map(async (outbox) => ({ value: await read(outbox), labels: { of: outbox.of } })));
  }

  private ageOf(since: Date | null): number {
    return since === null ? 0 : Math.max(0, this.clock.nowMs() - since.getTime()) / 1000;
  }
}
