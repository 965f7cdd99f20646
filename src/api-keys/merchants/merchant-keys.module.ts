import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeysModule } from '../api-keys.module.js';
import { ApplicationsModule } from '../../applications/applications.module.js';
import { ApplicationKeysController } from './application-keys.controller.js';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { ImportBatches } from './import/import-batches.js';
import { ImportFormatsController } from './import/formats/import-formats.controller.js';
import { ImportFormats } from './import/formats/import-formats.js';
import { UnusedFormats } from './import/formats/unused-formats.js';
import { ImportRows } from './import/import-rows.js';
import { ImportController } from './import/import.controller.js';
import { ImportService } from './import/import.service.js';
import { MerchantKeysController } from './merchant-keys.controller.js';
import { MerchantKeysService } from './merchant-keys.service.js';
import { BulkController } from './bulk/bulk.controller.js';
import { BulkService } from './bulk/bulk.service.js';
import { QuotaResetController } from './quota-reset.controller.js';
import { KeyStatuses } from './key-status.js';
import { CensusStatements } from './hygiene/census-statements.js';
import { HygieneController } from './hygiene/hygiene.controller.js';
import { KeyCensusJob } from './hygiene/key-census-job.js';
import { KeyCensus } from './hygiene/key-census.entity.js';
import { KeyCountsService } from './hygiene/key-counts.service.js';
import { KeySearch } from './list/key-search.js';
import { KeyStatements } from './list/key-statements.js';
import { KeysController } from './list/keys.controller.js';
import { KeysService } from './list/keys.service.js';
import { SharedLimit } from './shared-limits/shared-limit.entity.js';
import { SharedLimitsController } from './shared-limits/shared-limits.controller.js';
import { SharedLimitsService } from './shared-limits/shared-limits.service.js';
import { SelfRotationController } from './self-rotation/self-rotation.controller.js';
import { SelfRotation } from './self-rotation/self-rotation.service.js';

/** Manages the keys that a merchant issues. */
@Module({
  imports: [AccountsModule, ApiKeysModule, ApplicationsModule, TypeOrmModule.forFeature([KeyCensus, SharedLimit])],
  controllers: [
    ApplicationKeysController,
    BulkController,
    HygieneController,
    ImportController,
    ImportFormatsController,
    KeysController,
    MerchantKeysController,
    QuotaResetController,
    SharedLimitsController,
    SelfRotationController,
  ],
  providers: [
    BulkService,
    CensusStatements,
    KeyCensusJob,
    KeyCountsService,
    ImportBatches,
    ImportFormats,
    ImportRows,
    ImportService,
    KeySearch,
    KeyStatements,
    KeysService,
    MerchantKeysService,
    KeyStatuses,
    SharedLimitsService,
    SelfRotation,
    UnusedFormats,
  ],
  exports: [KeysService, MerchantKeysService],
})
export class MerchantKeysModule {}
