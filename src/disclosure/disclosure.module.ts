import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MerchantKeysModule } from '../api-keys/merchants/merchant-keys.module.js';
import { AuditSearch } from '../audit/audit-search.js';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { DisclosureController } from './disclosure.controller.js';
import { Disclosure } from './disclosure.service.js';

/** What is stored about a merchant or a person, for those whom it is about. */
@Module({
  imports: [MerchantKeysModule, TypeOrmModule.forFeature([AuditEvent])],
  controllers: [DisclosureController],
  providers: [AuditSearch, Disclosure],
})
export class DisclosureModule {}
