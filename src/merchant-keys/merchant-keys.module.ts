import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { ApplicationKeysController } from './application-keys.controller.js';
import { ApplicationKeysService } from './application-keys.service.js';
import { BulkController } from './bulk/bulk.controller.js';
import { BulkService } from './bulk/bulk.service.js';
import { KeySearch } from './find/key-search.js';
import { KeyStatements } from './find/key-statements.js';
import { KeysController } from './find/keys.controller.js';
import { KeysService } from './find/keys.service.js';

/** The life of the keys that a merchant gives out. */
@Module({
  imports: [ApiKeysModule, ApplicationsModule],
  controllers: [ApplicationKeysController, KeysController, BulkController],
  providers: [ApplicationKeysService, BulkService, KeysService, KeySearch, KeyStatements],
  exports: [ApplicationKeysService],
})
export class MerchantKeysModule {}
