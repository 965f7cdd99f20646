import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from '../accounts/account.entity.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditController } from './audit.controller.js';
import { AuditListener } from './audit.listener.js';
import { AuditSearch } from './audit-search.js';
import { AuditService } from './audit.service.js';
import { Sealer } from './sealer.js';
import { ChainVerifier } from './verify/chain-verifier.js';

/**
 * What happened. It hears of everything and nobody depends on it. Global, though there is nothing to get from it: global modules end after
 * all others, so that what those write as they end gets its place, too.
 */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditEvent, Account])],
  controllers: [AuditController],
  providers: [AuditListener, AuditSearch, AuditService, ChainVerifier, Sealer],
})
export class AuditModule {}
