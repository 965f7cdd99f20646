import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Config } from '../config/config.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { MetricsListener } from './metrics/metrics-listener.js';
import { MetricsExporter } from './metrics/metrics.js';

/** How the server is, for those who run it: metrics and health. */
@Module({
  imports: [
    TerminusModule.forRootAsync({
      inject: [Config],
      useFactory: ({ SHUTDOWN_DELAY_SECONDS }: Config) => ({
        // Whoever asks is told; a load balancer asks often.
        logger: false,
        gracefulShutdownTimeoutMs: SHUTDOWN_DELAY_SECONDS * 1000,
      }),
    }),
  ],
  controllers: [HealthController, MetricsController],
  providers: [MetricsExporter, MetricsListener, Readiness],
})
export class ObservabilityModule {}
