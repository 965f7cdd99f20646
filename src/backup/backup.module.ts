import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { RevocationReplay } from './revocation-replay.js';

/** Takes away again what a restored backup has given back. */
@Module({
  imports: [AccountsModule, ApiKeysModule, ApplicationsModule],
  providers: [RevocationReplay],
})
export class BackupModule {}
