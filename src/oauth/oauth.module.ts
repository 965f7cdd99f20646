import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { AccessTokens } from './access-tokens.js';
import { ClientThrottle } from './client-throttle.js';
import { Clients } from './clients.js';
import { DiscoveryController } from './discovery.controller.js';
import { EndedSessions } from './ended-sessions.js';
import { OAuthController } from './oauth.controller.js';
import { Revocations } from './revocations.js';
import { Sessions } from './sessions.js';
import { SigningKey } from './signing-key.entity.js';
import { SigningKeys } from './signing-keys.js';

/** OAuth 2.0: sessions that keys open. */
@Module({
  imports: [ApiKeysModule, TypeOrmModule.forFeature([SigningKey]), VerificationModule],
  controllers: [OAuthController, DiscoveryController],
  providers: [AccessTokens, ClientThrottle, Clients, EndedSessions, Revocations, Sessions, SigningKeys],
  exports: [Sessions],
})
export class OAuthModule {}
