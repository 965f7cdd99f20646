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
import { KeyUses } from './uses/key-uses.js';
import { LastSource } from './uses/last-source.entity.js';
import { LastSources } from './uses/last-sources.js';
import { PreviousUse } from './uses/previous-use.entity.js';
import { PreviousUses } from './uses/previous-uses.js';
import { ScopeUse } from './uses/scope-use.entity.js';
import { ScopeUses } from './uses/scope-uses.js';
import { LastUse } from './uses/last-use.js';
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
  imports: [
    TypeOrmModule.forFeature([ApiKey, ExpiryNotice, IdleKey, ImportFormat, LastSource, PreviousUse, ScopeUse]),
    AccountsModule,
    ServicesModule,
  ],
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
    KeyUses,
    LastSources,
    LastUse,
    PreviousUses,
    ScopeUses,
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
    KeyUses,
    LastUse,
    MerchantKeyLimit,
    SecretHasher,
    TenantKeysService,
  ],
})
export class ApiKeysModule {}
