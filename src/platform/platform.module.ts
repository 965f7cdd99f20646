import { type DynamicModule, Global, Module } from '@nestjs/common';
import { JwtModule, JwtSecretRequestType } from '@nestjs/jwt';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Config } from './config/config.js';
import { DatabaseReadiness } from './database/database-readiness.js';
import { DurabilityWarning } from './database/mysql/durability-warning.js';
import { PoolMetrics } from './database/pool-metrics.js';
import { PriorityConnections } from './database/priority-connections.js';
import { ReadinessChecks } from './observability/health/readiness-checks.js';
import { Clock } from './runtime/clock.js';
import { MetricsRegistry } from './observability/metrics/metrics-registry.js';
import { OutboxMetrics } from './observability/metrics/outbox-metrics.js';
import { SecretCipher } from './secrets/secret-cipher.js';
import { AuditTrail } from './events/audit-trail.js';
import { Limiters } from './limits/limiters.js';
import { OldCounts } from './limits/old-counts.js';
import { SharedCounters } from './limits/shared-counters.js';
import { BatchedReads } from './database/batched-reads.js';
import { Transactions } from './database/transactions/transactions.js';

/** The providers that every module uses: configuration, database, clock, metrics. */
@Global()
@Module({})
export class PlatformModule {
  static with(config: Config, clock: Clock, database: DataSource): DynamicModule {
    const { jwtKeys } = config;
    return {
      module: PlatformModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => database.options,
          dataSourceFactory: () => Promise.resolve(database),
        }),
        JwtModule.register({
          global: true,
          secretOrKeyProvider: (type, token) =>
            type === JwtSecretRequestType.VERIFY && typeof token === 'string'
              ? jwtKeys.findVerifier(token)
              : jwtKeys.newest,
        }),
      ],
      providers: [
        { provide: Config, useValue: config },
        {
          provide: PriorityConnections,
          inject: [getDataSourceToken()],
          useFactory: (source: DataSource) => PriorityConnections.beside(source),
        },
        { provide: Clock, useValue: clock },
        BatchedReads,
        DatabaseReadiness,
        DurabilityWarning,
        Limiters,
        OldCounts,
        SharedCounters,
        PoolMetrics,
        MetricsRegistry,
        OutboxMetrics,
        ReadinessChecks,
        AuditTrail,
        SecretCipher,
        Transactions,
      ],
      exports: [
        Config,
        BatchedReads,
        Clock,
        Limiters,
        PriorityConnections,
        MetricsRegistry,
        OutboxMetrics,
        ReadinessChecks,
        SharedCounters,
        AuditTrail,
        SecretCipher,
        Transactions,
      ],
    };
  }
}
