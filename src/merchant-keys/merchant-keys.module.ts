import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { ApplicationKeysController } from './application-keys.controller.js';
import { ApplicationKeysService } from './application-keys.service.js';
import { MerchantKeysController } from './merchant-keys.controller.js';
import { MerchantKeysService } from './merchant-keys.service.js';

/** The life of the keys that a merchant gives out. */
@Module({
  imports: [ApiKeysModule, ApplicationsModule],
  controllers: [ApplicationKeysController, MerchantKeysController],
  providers: [ApplicationKeysService, MerchantKeysService],
  exports: [ApplicationKeysService],
})
export class MerchantKeysModule {}
