import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import type { DataSource } from 'typeorm';
import { AccessGuard } from './access/access.guard.js';
import { ClientRateGuard } from './access/client-rate.guard.js';
import { PublicLimitGuard } from './access/public-limit.guard.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { TenantKeysModule } from './api-keys/tenant-keys.module.js';
import { ApplicationsModule } from './applications/applications.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BackupModule } from './backup/backup.module.js';
import { ConsoleModule } from './console/console.module.js';
import { Config } from './platform/config/config.js';
import { Clock } from './platform/runtime/clock.js';
import { DisclosureModule } from './disclosure/disclosure.module.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { OffboardingModule } from './offboarding/offboarding.module.js';
import { PortalModule } from './portal/portal.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PlatformModule } from './platform/platform.module.js';
import { DeniedRequestsModule } from './platform/http/denied-requests.module.js';
import { ExposureDetector } from './exposures/exposure-detector.js';
import { ExposuresModule } from './exposures/exposures.module.js';
import { VerificationHttpModule } from './verification/http/verification-http.module.js';
import { BodyPipe } from './platform/http/input/body.pipe.js';
import { UnknownNamesInterceptor } from './platform/http/input/unknown-names.interceptor.js';
import { SurfaceFilter } from './platform/http/surface.filter.js';
import { SurfaceInterceptor } from './platform/http/surface.interceptor.js';
import { HousekeepingModule } from './housekeeping/housekeeping.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { MerchantKeysModule } from './api-keys/merchants/merchant-keys.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { Sessions } from './oauth/sessions.js';
import { MonitoringModule } from './platform/monitoring/monitoring.module.js';
import { ServicesModule } from './services/services.module.js';
import { SettledJournalGuard } from './verification/journal/settled-journal.guard.js';
import { VerificationModule } from './verification/verification.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The modules, and the path of a request: guards, pipe, interceptor, filter. */
@Module({
  imports: [
    EventEmitterModule.forRoot(),
    ScheduleModule.forRoot(),
    HousekeepingModule,
    IdempotencyModule,
    DeniedRequestsModule,
    PagesModule,
    AccountsModule,
    AuthModule,
    ServicesModule,
    ApplicationsModule,
    ApiKeysModule,
    TenantKeysModule,
    MerchantKeysModule,
    PortalModule,
    OffboardingModule,
    DisclosureModule,
    ErasureModule,
    VerificationModule,
    ExposuresModule,
    OAuthModule,
    VerificationHttpModule.with({
      imports: [ExposuresModule, OAuthModule],
      sessions: Sessions,
      inspector: ExposureDetector,
    }),
    AuditModule,
    BackupModule,
    MonitoringModule,
    NotificationsModule,
    WebhooksModule,
  ],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: PublicLimitGuard },
    { provide: APP_GUARD, useClass: ClientRateGuard },
    { provide: APP_GUARD, useClass: SettledJournalGuard },
    { provide: APP_PIPE, useClass: BodyPipe },
    { provide: APP_INTERCEPTOR, useClass: SurfaceInterceptor },
    { provide: APP_INTERCEPTOR, useClass: UnknownNamesInterceptor },
    { provide: APP_FILTER, useClass: SurfaceFilter },
  ],
})
export class AppModule {
  static with(config: Config, clock: Clock, database: DataSource): DynamicModule {
    const platform = PlatformModule.with(config, clock, database);
    return { module: AppModule, imports: config.CONSOLE ? [platform, ConsoleModule] : [platform] };
  }
}
