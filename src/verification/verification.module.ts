import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ImportedFormats } from './cache/imported-formats.js';
import { FirstUse } from './first-use.js';
import { Hints } from './barrier/hints/hints.js';
import { Instance } from './barrier/instance.entity.js';
import { InstanceVerifiers } from './barrier/instance-verifiers.entity.js';
import { KeyChange, KeyRevision } from './key-change.entity.js';
import { KeyCache } from './cache/key-cache.js';
import { CachedKeyReader } from './cache/cached-key.js';
import { Instances } from './barrier/instances.js';
import { Lease } from './barrier/lease.js';
import { OldChanges } from './barrier/old-changes.js';
import { RevocationBarrier } from './barrier/revocation-barrier.js';
import { RevocationJournal } from './journal/revocation-journal.js';
import { CacheValidity } from './cache/cache-validity.js';
import { Limits } from './limits/limits.js';
import { LimitsLeftService } from './limits/limits-left.js';
import { QuotaLender } from './limits/quotas/quota-lender.js';
import { QuotaLoan } from './limits/quotas/quota-loan.entity.js';
import { QuotaUse } from './limits/quotas/quota-use.entity.js';
import { Quotas } from './limits/quotas/quotas.js';
import { RateShare } from './limits/rates/rate-share.entity.js';
import { RateShares } from './limits/rates/rate-shares.js';
import { RateWindows } from './limits/rates/rate-windows.js';
import { Rates } from './limits/rates/rates.js';
import { OutcomeCounts } from './outcome-counts.js';
import { KeyMonth } from './usage/key-month.entity.js';
import { KeyUsage } from './usage/key-usage.entity.js';
import { MerchantDay } from './usage/merchant-day.entity.js';
import { DailyUsageReports } from './usage/daily-usage-reports.js';
import { KeyUseReports } from './usage/key-use-reports.js';
import { MerchantUsageReports } from './usage/merchant-usage-reports.js';
import { OldUsage } from './usage/old-usage.js';
import { RequestCredentials } from './request-credentials.js';
import { Usage } from './usage/usage.js';
import { UsageReports } from './usage/usage-reports.js';
import { AbsentVerifiers } from './verifiers/absent-verifiers.js';
import { Attachments } from './verifiers/attachments.js';
import { UseReports } from './verifiers/use-reports.js';
import { Verifier } from './verifiers/verifier.entity.js';
import { VerifiersService } from './verifiers/verifiers.service.js';
import { VerificationMetrics } from './verification-metrics.js';
import { VerificationService } from './verification.service.js';

/** Verifies keys: whether a key is valid, and what it may do. */
@Module({
  imports: [
    ApiKeysModule,
    TypeOrmModule.forFeature([
      Instance,
      InstanceVerifiers,
      KeyChange,
      KeyRevision,
      KeyMonth,
      KeyUsage,
      MerchantDay,
      QuotaLoan,
      QuotaUse,
      RateShare,
      Verifier,
    ]),
  ],
  providers: [
    ImportedFormats,
    CachedKeyReader,
    KeyCache,
    CacheValidity,
    Hints,
    Lease,
    Instances,
    RevocationBarrier,
    RevocationJournal,
    FirstUse,
    OldChanges,
    OldUsage,
    RateWindows,
    RateShares,
    Rates,
    QuotaLender,
    Quotas,
    Limits,
    Usage,
    KeyUseReports,
    UsageReports,
    MerchantUsageReports,
    DailyUsageReports,
    OutcomeCounts,
    VerificationMetrics,
    VerificationService,
    LimitsLeftService,
    RequestCredentials,
    AbsentVerifiers,
    Attachments,
    VerifiersService,
    UseReports,
  ],
  exports: [
    ImportedFormats,
    OutcomeCounts,
    CacheValidity,
    RequestCredentials,
    RevocationJournal,
    KeyUseReports,
    UsageReports,
    MerchantUsageReports,
    DailyUsageReports,
    LimitsLeftService,
    VerificationService,
    Lease,
    Instances,
    RevocationBarrier,
    Attachments,
    VerifiersService,
    UseReports,
  ],
})
export class VerificationModule {}
