import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { MerchantKeysModule } from '../../api-keys/merchants/merchant-keys.module.js';
import { ApplicationsModule } from '../../applications/applications.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { VerificationModule } from '../verification.module.js';
import { KeyStrategy } from './key.strategy.js';
import { KeyPairStrategy } from './key-pair.strategy.js';
import { Decisions } from './decisions.js';
import { PlainRequests } from './plain-requests.js';
import { RequestInspector, SessionVerifier } from './ports.js';
import { InstancesController } from './instances/instances.controller.js';
import { LimitsController } from './limits/limits.controller.js';
import { UsageController } from './usage/usage.controller.js';
import { VerifiersController } from './verifiers/verifiers.controller.js';
import { VerificationRoutes } from './verification.routes.js';
import { Verifiers } from './verifiers.js';

/** The providers that the routes take from modules that build on verification, and the modules that export these providers. */
interface Parts {
  imports: Type[];
  sessions: Type<SessionVerifier>;
  inspector: Type<RequestInspector>;
}

/** The routes that gateways and services call (verify, check, usage), and key pairs as a credential. */
@Module({
  imports: [ApplicationsModule, AuthModule, MerchantKeysModule, VerificationModule],
  controllers: [InstancesController, LimitsController, UsageController, VerifiersController],
  providers: [KeyPairStrategy, KeyStrategy, Verifiers, Decisions, PlainRequests, VerificationRoutes],
})
export class VerificationHttpModule {
  static with({ imports, sessions, inspector }: Parts): DynamicModule {
    return {
      module: VerificationHttpModule,
      imports,
      providers: [
        { provide: SessionVerifier, useExisting: sessions },
        { provide: RequestInspector, useExisting: inspector },
      ],
    };
  }
}
