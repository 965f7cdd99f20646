import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Config } from '../config/config.js';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsListener } from './metrics-listener.js';
import { MetricsExporter } from '../observability/metrics/metrics.js';

/** Metrics and health, for operators. */
@Module({
  imports: [
    TerminusModule.forRootAsync({
      inject: [Config],
      useFactory: ({ SHUTDOWN_DELAY_SECONDS }: Config) => ({
        // A failed check is answered, not logged: load balancers check often.
        logger: false,
        gracefulShutdownTimeoutMs: SHUTDOWN_DELAY_SECONDS * 1000,
      }),
    }),
  ],
  controllers: [HealthController, MetricsController],
  providers: [MetricsExporter, MetricsListener, Readiness],
})
export class MonitoringModule {}
