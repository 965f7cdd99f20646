import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { TakesUnknownNames } from '../http/input/unknown-names.interceptor.js';
import { Public } from '../http/requirement.js';
import { Config } from '../config/config.js';
import { DomainError } from '../events/domain-error.js';
import { MetricsExporter } from '../observability/metrics/metrics.js';
import { showsToken } from './metrics-token.js';

/** For Prometheus, not for merchants, and so no part of the document. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly config: Config,
    private readonly metrics: MetricsExporter,
  ) {}

  /** Metrics, for callers with `METRICS_TOKEN`; 404 unless that is set. */
  @Get()
  @TakesUnknownNames()
  @Public({ limit: 'none' })
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  async readMetrics(@Headers('authorization') authorization?: string): Promise<string> {
    const { METRICS_TOKEN } = this.config;
    if (METRICS_TOKEN === undefined) throw new DomainError('route.not_found');
    if (!showsToken(authorization, METRICS_TOKEN)) throw new DomainError('credential.invalid');
    return this.metrics.text();
  }
}
