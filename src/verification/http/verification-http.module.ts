import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../../applications/applications.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { ExposuresModule } from '../../exposures/exposures.module.js';
import { MerchantKeysModule } from '../../api-keys/merchants/merchant-keys.module.js';
import { OAuthModule } from '../../oauth/oauth.module.js';
import { VerificationModule } from '../verification.module.js';
import { Verifiers } from './verifiers.js';
import { UsageController } from './usage.controller.js';
import { VerificationRoutes } from './verification.routes.js';

/** What gateways and services ask: verify, check, usage. */
@Module({
  imports: [ApplicationsModule, AuthModule, ExposuresModule, MerchantKeysModule, OAuthModule, VerificationModule],
  controllers: [UsageController],
  providers: [Verifiers, VerificationRoutes],
})
export class VerificationHttpModule {}
