import { Injectable } from '@nestjs/common';
import { MetricsRegistry, type Reading } from '../platform/observability/metrics/metrics-registry.js';
import { Housekeeper, type JobStatistics } from './housekeeper.js';

/** Metrics of scheduled jobs. */
@Injectable()
export class HousekeepingMetrics {
  constructor({ statistics }: Housekeeper, metrics: MetricsRegistry) {
    const about = (valueOf: (of: JobStatistics) => number): Reading[] =>
      [...statistics].map(([task, of]) => ({ value: valueOf(of), labels: { task } }));
    metrics.add(
      {
        kind: 'counter',
        name: 'keywright_housekeeping_runs_total',
        help: 'Runs of scheduled jobs in this process.',
        labels: ['task'],
        read: () => about(({ runs }) => runs),
      },
      {
        kind: 'counter',
        name: 'keywright_housekeeping_failures_total',
        help: 'Runs that failed.',
        labels: ['task'],
        read: () => about(({ failures }) => failures),
      },
      {
        kind: 'gauge',
        name: 'keywright_housekeeping_last_duration_seconds',
        help: 'The duration of the latest run.',
        labels: ['task'],
        read: () => about(({ lastDurationMs }) => lastDurationMs / 1000),
      },
      {
        kind: 'counter',
        name: 'keywright_housekeeping_items_total',
        help: 'Items processed by scheduled jobs, by action.',
        labels: ['task', 'action'],
        read: () =>
          [...statistics].flatMap(([task, { items }]) =>
            Object.entries(items).map(([action, value]) => ({ value, labels: { task, action } })),
          ),
      },
    );
  }
}
