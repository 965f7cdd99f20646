import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ImportedFormats } from './keyring/imported-formats.js';
import { FirstUse } from './first-use.js';
import { Instance } from './keyring/instance.entity.js';
import { KeyChange, KeyRevision } from './keyring/key-change.entity.js';
import { Keyring } from './keyring/keyring.js';
import { KnownKeys } from './keyring/known-keys.js';
import { Lease } from './keyring/lease.js';
import { OldChanges } from './keyring/old-changes.js';
import { RevocationBarrier } from './keyring/revocation-barrier.js';
import { Trust } from './keyring/trust.js';
import { QuotaUse } from './limits/quota-use.entity.js';
import { Quotas } from './limits/quotas.js';
import { Rates } from './limits/rates.js';
import { SharedCounters } from './limits/shared-counters.js';
import { Tally } from './tally.js';
import { KeyUsage } from './usage/key-usage.entity.js';
import { OldUsage } from './usage/old-usage.js';
import { Usage } from './usage/usage.js';
import { UsageReports } from './usage/usage-reports.js';
import { VerificationMeasures } from './verification-measures.js';
import { VerificationService } from './verification.service.js';

/** Is this key good, and for what? */
@Module({
  imports: [ApiKeysModule, TypeOrmModule.forFeature([Instance, KeyChange, KeyRevision, KeyUsage, QuotaUse])],
  providers: [
    ImportedFormats,
    KnownKeys,
    Keyring,
    Trust,
    Lease,
    RevocationBarrier,
    FirstUse,
    OldChanges,
    OldUsage,
    SharedCounters,
    Rates,
    Quotas,
    Usage,
    UsageReports,
    Tally,
    VerificationMeasures,
    VerificationService,
  ],
  exports: [ImportedFormats, Tally, Trust, UsageReports, VerificationService],
})
export class VerificationModule {}
