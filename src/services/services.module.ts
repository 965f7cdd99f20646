import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ExpiredServices } from './expired-services.js';
import { Service } from './service.entity.js';
import { ServicesController } from './services.controller.js';
import { ServicesService } from './services.service.js';

/** Service IDs, and the keys that are made with them. */
@Module({
  imports: [ApiKeysModule, TypeOrmModule.forFeature([Service])],
  controllers: [ServicesController],
  providers: [ExpiredServices, ServicesService],
})
export class ServicesModule {}
