import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApplicationKeysController } from './application-keys.controller.js';
import { ApplicationKeysService } from './application-keys.service.js';
import { Application } from './application.entity.js';
import { ApplicationsController } from './applications.controller.js';
import { ApplicationsService } from './applications.service.js';

/** A merchant's applications and their keys. */
@Module({
  imports: [ApiKeysModule, TypeOrmModule.forFeature([Application])],
  controllers: [ApplicationsController, ApplicationKeysController],
  providers: [ApplicationsService, ApplicationKeysService],
  exports: [ApplicationsService, ApplicationKeysService],
})
export class ApplicationsModule {}
