import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { MerchantKeysModule } from '../api-keys/merchants/merchant-keys.module.js';
import { Application } from '../applications/application.entity.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { OldPortalSessions } from './old-portal-sessions.js';
import { PortalKeysController } from './portal-keys.controller.js';
import { PortalKeysService } from './portal-keys.service.js';
import { PortalSession } from './portal-session.entity.js';
import { PortalSessionsController } from './portal-sessions.controller.js';
import { PortalSessions } from './portal-sessions.service.js';
import { PortalTokenStrategy } from './portal-token.strategy.js';
import { PortalTokens } from './portal-tokens.js';

/** Lets end users of merchants manage their own keys. */
@Module({
  imports: [
    AccountsModule,
    ApplicationsModule,
    MerchantKeysModule,
    PassportModule,
    TypeOrmModule.forFeature([ApiKey, Application, PortalSession]),
  ],
  controllers: [PortalKeysController, PortalSessionsController],
  providers: [OldPortalSessions, PortalKeysService, PortalSessions, PortalTokens, PortalTokenStrategy],
})
export class PortalModule {}
