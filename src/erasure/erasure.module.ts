import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { AuditSearch } from '../audit/audit-search.js';
import { AccountDeletionController } from './account-deletion.controller.js';
import { AccountDeletion } from './account-deletion.service.js';
import { Erasure } from './erasure.entity.js';
import { MerchantDeletionController } from './merchant-deletion.controller.js';
import { MerchantDeletion } from './merchant-deletion.service.js';
import { MerchantDeletionsJob } from './merchant-deletions.job.js';
import { TracesJob } from './traces.job.js';

/** Merchants and people who go, and what is stored of them. */
@Module({
  imports: [AccountsModule, TypeOrmModule.forFeature([AuditEvent, Erasure])],
  controllers: [AccountDeletionController, MerchantDeletionController],
  providers: [AccountDeletion, AuditSearch, MerchantDeletion, MerchantDeletionsJob, TracesJob],
})
export class ErasureModule {}
