import { setTimeout as sleep } from 'node:timers/promises';
import {
  Counter,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValueWithName,
  type Registry,
} from 'prom-client';
import type { DurationMetric, Metric, NumberMetric, Reading } from './metrics-registry.js';

/** How long one measure may take; those that ask a database which doesn't answer are left out. */
const READ_TIMEOUT_MS = 1000;

/** Has a measure read whenever the registry's metrics are asked for. */
export function exposeMetric(metric: Metric, registry: Registry): void {
  if (metric.kind === 'durations') new BucketHistogram(metric, registry);
  else if (metric.kind === 'counter') exposeCounter(metric, registry);
  else exposeGauge(metric, registry);
}

const described = ({ name, help, labels = [] }: NumberMetric, registry: Registry) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [registry],
});

function exposeCounter(metric: NumberMetric, registry: Registry): void {
  new Counter({
    ...described(metric, registry),
    async collect() {
      const readings = await collectReadings(metric);
      this.reset();
      for (const { value, labels = {} } of readings) this.inc(labels, value);
    },
  });
}

function exposeGauge(metric: NumberMetric, registry: Registry): void {
  new Gauge({
    ...described(metric, registry),
    async collect() {
      const readings = await collectReadings(metric);
      this.reset();
      // Without a label `reset` leaves a 0, which nobody has read.
      if (readings.length === 0 && !metric.labels) this.remove();
      for (const { value, labels = {} } of readings) this.set(labels, value);
    },
  });
}

/** None when it fails or takes too long: what can't be said now must not keep back everything else. */
async function collectReadings(metric: NumberMetric): Promise<Reading[]> {
  try {
    const value = await Promise.race([metric.read(), tooLate()]);
    return typeof value === 'number' ? [{ value }] : value;
  } catch {
    return [];
  }
}

const tooLate = (): Promise<Reading[]> => sleep(READ_TIMEOUT_MS, [], { ref: false });

/** Shows buckets that were filled elsewhere. */
class BucketHistogram extends Histogram {
  constructor(
    private readonly metric: DurationMetric,
    registry: Registry,
  ) {
    super({ name: metric.name, help: metric.help, buckets: [...metric.histogram.bounds], registers: [registry] });
  }

  override get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const { name, help, histogram } = this.metric;
    let count = 0;
    const upTo = [...histogram.bounds, '+Inf'].map((le, place) => {
      count += histogram.counts[place] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, value: count };
    });
    const values = [
      ...upTo,
      { metricName: `${name}_sum`, labels: {}, value: histogram.sumSeconds },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
    return Promise.resolve({ name, help, type: 'histogram', values, aggregator: 'sum' } as never);
  }

  /** What the registry asks for, which its types don't name. */
  getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return this.get();
  }
}
