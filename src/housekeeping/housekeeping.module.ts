import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Housekeeper } from './housekeeper.js';
import { HousekeepingMetrics } from './housekeeping-metrics.js';
import { HousekeepingController } from './housekeeping.controller.js';
import { JobLeases } from './job-leases.js';
import { JobState } from './job-state.entity.js';
import { JobTimer } from './job-timer.js';

/** Scheduled jobs, each run by one instance at a time. A job is defined in the module whose data it maintains. */
@Module({
  imports: [DiscoveryModule, TypeOrmModule.forFeature([JobState])],
  controllers: [HousekeepingController],
  providers: [Housekeeper, HousekeepingMetrics, JobLeases, JobTimer],
  exports: [Housekeeper],
})
export class HousekeepingModule {}
