import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ExpiredServices } from './expired-services.js';
import { Service } from './service.entity.js';
import { ServicesController } from './services.controller.js';
import { ServicesService } from './services.service.js';

/** Service IDs, with which a client creates API keys. */
@Module({
  imports: [TypeOrmModule.forFeature([Service])],
  controllers: [ServicesController],
  providers: [ExpiredServices, ServicesService],
  exports: [ServicesService],
})
export class ServicesModule {}
