import cluster from 'node:cluster';
import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { Config } from '../../config/config.js';
import { readVersion } from '../../runtime/version.js';
import { MetricsRegistry, type NumberMetric } from './metrics-registry.js';
import { exposeMetric } from './exposed-metric.js';
import { WorkerMetrics } from './worker-metrics.js';

/** Default metrics that are left out: their names end in `_total`, but they are gauges, and other metrics have their values by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The version as a label: a dashboard sees which versions run. */
const BUILD_INFO: NumberMetric = {
  kind: 'gauge',
  name: 'keywright_build_info',
  help: 'Always 1; the label says which version runs.',
  labels: ['version'],
  read: () => [{ value: 1, labels: { version: readVersion() } }],
};

/** Exports metrics in Prometheus' text format: those that components registered, of requests, and of the process. */
@Injectable()
export class MetricsExporter {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  /** Whether metrics are served at all. */
  readonly areServed: boolean;
  private readonly registry = new Registry();
  private readonly workers: WorkerMetrics | null = null;
  private exposed = 0;
  private readonly requests = new Histogram({
    name: 'keywright_http_request_duration_seconds',
    help: 'The duration of requests by route, without verifications.',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [this.registry],
  });

  constructor(
    { METRICS_PORT, METRICS_TOKEN }: Config,
    private readonly metrics: MetricsRegistry,
  ) {
    this.areServed = METRICS_PORT !== undefined || METRICS_TOKEN !== undefined;
    if (!this.areServed) return;
    metrics.add(BUILD_INFO);
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    if (!cluster.worker) return;
    this.registry.setDefaultLabels({ worker: String(cluster.worker.id) });
    this.workers = new WorkerMetrics(() => Promise.resolve(this.complete()));
  }

  /** @param route the route's pattern, not the path, whose values are unbounded */
  addRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  /** Returns all metrics in Prometheus' text format, those of all workers where several serve. */
  async text(): Promise<string> {
    return (await this.workers?.ofAll()) ?? this.complete().metrics();
  }

  private complete(): Registry {
    const { all } = this.metrics;
    for (const metric of all.slice(this.exposed)) exposeMetric(metric, this.registry);
    this.exposed = all.length;
    return this.registry;
  }
}
