import { Global, Module } from '@nestjs/common';
import { TenantKeys } from '../accounts/tenant-keys.js';
import { ApiKeysModule } from './api-keys.module.js';
import { TenantKeysService } from './tenant-keys.service.js';

/** Provides {@link TenantKeys} to the modules that the keys' own module imports, which only a global module can do. */
@Global()
@Module({
  imports: [ApiKeysModule],
  providers: [{ provide: TenantKeys, useExisting: TenantKeysService }],
  exports: [TenantKeys],
})
export class TenantKeysModule {}
