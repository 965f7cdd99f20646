import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from '../accounts/account.entity.js';
import { ActorNames } from './actor-names.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditController } from './audit.controller.js';
import { AuditListener } from './audit.listener.js';
import { AuditSearch } from './audit-search.js';
import { AuditService } from './audit.service.js';
import { Sealer } from './sealer.js';
import { ChainVerifier } from './verify/chain-verifier.js';

/**
 * The audit trail. It listens to every event, and no other module depends on it. It is global although it exports nothing: global modules
 * shut down after all others, so that records which those write during shutdown are sealed, too.
 */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditEvent, Account])],
  controllers: [AuditController],
  providers: [ActorNames, AuditListener, AuditSearch, AuditService, ChainVerifier, Sealer],
})
export class AuditModule {}
