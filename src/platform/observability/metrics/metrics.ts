import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { Config } from '../../config/config.js';
import { MetricsRegistry } from './metrics-registry.js';
import { exposeMetric } from './exposed-metric.js';

/** What the process tells with it is told by type as well, and these are no counters, whose names end so. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Who is asked for metrics: all that the modules can tell of themselves, the requests, and the process. */
@Injectable()
export class MetricsExporter {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  /** Whether anybody can ask for them at all. */
  readonly areServed: boolean;
  private readonly registry = new Registry();
  private exposed = 0;
  private readonly requests = new Histogram({
    name: 'keywright_http_request_duration_seconds',
    help: 'How long requests took, all but verifications, by route.',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [this.registry],
  });

  constructor(
    { METRICS_PORT, METRICS_TOKEN }: Config,
    private readonly metrics: MetricsRegistry,
  ) {
    this.areServed = METRICS_PORT !== undefined || METRICS_TOKEN !== undefined;
    if (!this.areServed) return;
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  /** @param route its pattern, not the path, of which there is no end */
  addRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  /** Everything, in Prometheus' text format. */
  text(): Promise<string> {
    const { all } = this.metrics;
    for (const metric of all.slice(this.exposed)) exposeMetric(metric, this.registry);
    this.exposed = all.length;
    return this.registry.metrics();
  }
}
