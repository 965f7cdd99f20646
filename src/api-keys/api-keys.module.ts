import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ApiKey } from './api-key.entity.js';
import { ImportFormat } from './imported/import-format.entity.js';
import { ApiKeysService } from './api-keys.service.js';
import { ClientKeyLimit } from './client-key-limit.js';
import { ClientKeysController } from './client-keys.controller.js';
import { ClientKeysService } from './client-keys.service.js';
import { KeyInUseController } from './key-in-use.controller.js';
import { KeyRetirement } from './key-retirement.js';
import { KeyRotation } from './key-rotation.js';
import { KeySwitch } from './key-switch.js';
import { LastUse } from './last-use.js';
import { PersonalKeysController } from './personal-keys.controller.js';
import { PersonalKeysService } from './personal-keys.service.js';
import { DeletedKeys } from './retention/deleted-keys.js';
import { ExpiryNotice } from './retention/expiry-notice.entity.js';
import { ExpiryNotices } from './retention/expiry-notices.js';
import { IdleKey } from './retention/idle-key.entity.js';
import { IdleKeys } from './retention/idle-keys.js';
import { IdlePiles } from './retention/idle-piles.js';
import { KeyCleanup } from './retention/key-cleanup.js';
import { KeyExpiry } from './retention/key-expiry.js';
import { ReplacedCredentials } from './retention/replaced-credentials.js';
import { Revivals } from './revivals.js';
import { SecretCipher } from './secret-cipher.js';
import { SecretHasher } from './secret-hasher.js';

/** Credentials: how they are made, kept and retired, and what the clients and accounts surfaces show of them. */
@Module({
  imports: [TypeOrmModule.forFeature([ApiKey, ExpiryNotice, IdleKey, ImportFormat]), AccountsModule],
  controllers: [ClientKeysController, KeyInUseController, PersonalKeysController],
  providers: [
    ApiKeysService,
    ClientKeyLimit,
    ClientKeysService,
    PersonalKeysService,
    KeyRetirement,
    KeyRotation,
    KeySwitch,
    LastUse,
    Revivals,
    SecretCipher,
    SecretHasher,
    DeletedKeys,
    ExpiryNotices,
    IdleKeys,
    IdlePiles,
    KeyCleanup,
    KeyExpiry,
    ReplacedCredentials,
  ],
  exports: [
    TypeOrmModule,
    ApiKeysService,
    ClientKeysService,
    ExpiryNotices,
    KeyRetirement,
    KeyRotation,
    KeySwitch,
    LastUse,
    SecretCipher,
    SecretHasher,
  ],
})
export class ApiKeysModule {}
