import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKey } from './api-key.entity.js';
import { ImportFormat } from './imported/import-format.entity.js';
import { ApiKeysService } from './api-keys.service.js';
import { ClientKeyLimit } from './client-key-limit.js';
import { ClientKeysController } from './client-keys.controller.js';
import { ClientKeysService } from './client-keys.service.js';
import { KeyCleanup } from './key-cleanup.js';
import { KeyInUseController } from './key-in-use.controller.js';
import { KeyRetirement } from './key-retirement.js';
import { KeyRotation } from './key-rotation.js';
import { KeySwitch } from './key-switch.js';
import { LastUse } from './last-use.js';
import { PersonalKeysController } from './personal-keys.controller.js';
import { PersonalKeysService } from './personal-keys.service.js';
import { SecretCipher } from './secret-cipher.js';
import { SecretHasher } from './secret-hasher.js';

/** Credentials: how they are made, kept and retired, and what the clients and accounts surfaces show of them. */
@Module({
  imports: [TypeOrmModule.forFeature([ApiKey, ImportFormat])],
  controllers: [ClientKeysController, KeyInUseController, PersonalKeysController],
  providers: [
    ApiKeysService,
    ClientKeyLimit,
    ClientKeysService,
    PersonalKeysService,
    KeyCleanup,
    KeyRetirement,
    KeyRotation,
    KeySwitch,
    LastUse,
    SecretCipher,
    SecretHasher,
  ],
  exports: [
    TypeOrmModule,
    ApiKeysService,
    ClientKeysService,
    KeyRetirement,
    KeyRotation,
    KeySwitch,
    LastUse,
    SecretCipher,
    SecretHasher,
  ],
})
export class ApiKeysModule {}
