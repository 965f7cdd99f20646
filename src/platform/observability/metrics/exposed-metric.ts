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

/** The longest time that reading one metric may take. A metric that waits for the database for longer is left out. */
const READ_TIMEOUT_MS = 1000;

/** Registers a metric whose value is read whenever metrics are collected. */
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
      // Without labels, `reset` leaves a 0 that is not a reading.
      if (readings.length === 0 && !metric.labels) this.remove();
      for (const { value, labels = {} } of readings) this.set(labels, value);
    },
  });
}

/** Returns no readings when reading fails or takes too long, so that the other metrics are still served. */
async function collectReadings(metric: NumberMetric): Promise<Reading[]> {
  try {
    const value = await Promise.race([metric.read(), tooLate()]);
    return typeof value === 'number' ? [{ value }] : value;
  } catch {
    return [];
  }
}

const tooLate = (): Promise<Reading[]> => sleep(READ_TIMEOUT_MS, [], { ref: false });

/** A histogram whose counts are kept by {@link Histogram} of this project. */
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

  /** Called by the registry, though its types don't declare it. */
  getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return this.get();
  }
}
