import { Injectable } from '@nestjs/common';
import type { FindOptionsWhere, Repository } from 'typeorm';
import { Clock } from '../../runtime/clock.js';
import { MetricsRegistry, type Reading } from './metrics-registry.js';

/** What waits in a table until it is passed on. */
interface Outbox {
  of: string;
  count: () => Promise<number>;
  oldest: () => Promise<Date | null>;
}

/** Everything that waits to be passed on, for those who watch whether it gets on. */
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
        help: 'What waits to be passed on: audit records for their places, deliveries of webhooks, mails.',
        labels: ['of'],
        read: () => this.readings(({ count }) => count()),
      },
      {
        kind: 'gauge',
        name: 'keywright_outbox_age_seconds',
        help: 'For how long the oldest of them has waited.',
        labels: ['of'],
        read: () => this.readings(async ({ oldest }) => this.ageOf(await oldest())),
      },
    );
  }

  /** @param waiting which rows are still to be passed on; an index must lead to them */
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
