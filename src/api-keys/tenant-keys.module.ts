import { Global, Module } from '@nestjs/common';
import { TenantKeys } from '../accounts/tenant-keys.js';
import { ApiKeysModule } from './api-keys.module.js';
import { TenantKeysService } from './tenant-keys.service.js';

/** Provides the keys of merchants and applications to modules that this one imports; only a global module can reach these. */
@Global()
@Module({
  imports: [ApiKeysModule],
  providers: [{ provide: TenantKeys, useExisting: TenantKeysService }],
  exports: [TenantKeys],
})
export class TenantKeysModule {}
