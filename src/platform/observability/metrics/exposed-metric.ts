import { setTimeout as sleep } from 'node:timers/promises';
import {
  Counter,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValueWithName,
  type Registry,
} from 'prom-client';
import type { DurationMeasure, Measure, NumberMeasure, Reading } from './metrics-registry.js';

/** How long one measure may take; those that ask a database which doesn't answer are left out. */
const READ_TIMEOUT_MS = 1000;

/** Has a measure read whenever the registry's metrics are asked for. */
export function exposeMeasure(measure: Measure, registry: Registry): void {
  if (measure.kind === 'durations') new BucketHistogram(measure, registry);
  else if (measure.kind === 'counter') exposeCounter(measure, registry);
  else exposeGauge(measure, registry);
}

const described = ({ name, help, labels = [] }: NumberMeasure, registry: Registry) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [registry],
});

function exposeCounter(measure: NumberMeasure, registry: Registry): void {
  new Counter({
    ...described(measure, registry),
    async collect() {
      const readings = await readingsOf(measure);
      this.reset();
      for (const { value, labels = {} } of readings) this.inc(labels, value);
    },
  });
}

function exposeGauge(measure: NumberMeasure, registry: Registry): void {
  new Gauge({
    ...described(measure, registry),
    async collect() {
      const readings = await readingsOf(measure);
      this.reset();
      // Without a label `reset` leaves a 0, which nobody has read.
      if (readings.length === 0 && !measure.labels) this.remove();
      for (const { value, labels = {} } of readings) this.set(labels, value);
    },
  });
}

/** None when it fails or takes too long: what can't be said now must not keep back everything else. */
async function readingsOf(measure: NumberMeasure): Promise<Reading[]> {
  try {
    const read = measure.read();
    const value = read instanceof Promise ? await Promise.race([read, tooLate()]) : read;
    return typeof value === 'number' ? [{ value }] : value;
  } catch {
    return [];
  }
}

const tooLate = (): Promise<Reading[]> => sleep(READ_TIMEOUT_MS, [], { ref: false });

/** Shows buckets that were filled elsewhere. */
class BucketHistogram extends Histogram {
  constructor(
    private readonly measure: DurationMeasure,
    registry: Registry,
  ) {
    super({ name: measure.name, help: measure.help, buckets: [...measure.buckets.bounds], registers: [registry] });
  }

  override get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const { name, help, buckets } = this.measure;
    let count = 0;
    const upTo = [...buckets.bounds, '+Inf'].map((le, place) => {
      count += buckets.counts[place] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, value: count };
    });
    const values = [
      ...upTo,
      { metricName: `${name}_sum`, labels: {}, value: buckets.sumSeconds },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
    return Promise.resolve({ name, help, type: 'histogram', values, aggregator: 'sum' } as never);
  }

  /** What the registry asks for, which its types don't name. */
  getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return this.get();
  }
}
