import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ServicesModule } from '../services/services.module.js';
import { ApiKey } from './api-key.entity.js';
import { ImportFormat } from './credentials/imported/import-format.entity.js';
import { ApiKeysService } from './api-keys.service.js';
import { MerchantKeyLimit } from './merchant-key-limit.js';
import { ClientKeyLimit } from './clients/client-key-limit.js';
import { ClientKeysController } from './clients/client-keys.controller.js';
import { ClientKeysService } from './clients/client-keys.service.js';
import { KeyInUseController } from './accounts/key-in-use.controller.js';
import { KeyRevocation } from './key-revocation.js';
import { QuotaReset } from './quota-reset.js';
import { KeyRotation } from './key-rotation.js';
import { KeyActivation } from './key-activation.js';
import { LastUse } from './usage/last-use.js';
import { PersonalKeysController } from './accounts/personal-keys.controller.js';
import { PersonalKeysService } from './accounts/personal-keys.service.js';
import { DeletedKeys } from './retention/deleted-keys.js';
import { ExpiryNotice } from './retention/expiry-notice.entity.js';
import { ExpiryNotices } from './retention/expiry-notices.js';
import { IdleKey } from './retention/idle-key.entity.js';
import { IdleKeys } from './retention/idle-keys.js';
import { IdleKeyBacklogs } from './retention/idle-key-backlogs.js';
import { KeyCleanup } from './retention/key-cleanup.js';
import { KeyExpiry } from './retention/key-expiry.js';
import { KeyPolicies } from './policy/key-policies.js';
import { KeyPolicyController } from './policy/key-policy.controller.js';
import { QuietCredentials } from './retention/quiet-credentials.js';
import { ReplacedCredentials } from './retention/replaced-credentials.js';
import { TenantKeysService } from './tenant-keys.service.js';
import { SecretHasher } from './credentials/secret-hasher.js';

/** Issues, stores, changes and revokes API keys, and serves those of the clients and accounts surfaces. */
@Module({
  imports: [TypeOrmModule.forFeature([ApiKey, ExpiryNotice, IdleKey, ImportFormat]), AccountsModule, ServicesModule],
  controllers: [ClientKeysController, KeyInUseController, KeyPolicyController, PersonalKeysController],
  providers: [
    ApiKeysService,
    ClientKeyLimit,
    MerchantKeyLimit,
    ClientKeysService,
    PersonalKeysService,
    KeyRevocation,
    KeyRotation,
    QuotaReset,
    KeyActivation,
    KeyPolicies,
    LastUse,
    SecretHasher,
    TenantKeysService,
    DeletedKeys,
    ExpiryNotices,
    IdleKeyBacklogs,
    IdleKeys,
    KeyCleanup,
    KeyExpiry,
    QuietCredentials,
    ReplacedCredentials,
  ],
  exports: [
    TypeOrmModule,
    ApiKeysService,
    ClientKeysService,
    ExpiryNotices,
    KeyRevocation,
    KeyRotation,
    QuotaReset,
    KeyActivation,
    KeyPolicies,
    LastUse,
    MerchantKeyLimit,
    SecretHasher,
    TenantKeysService,
  ],
})
export class ApiKeysModule {}
