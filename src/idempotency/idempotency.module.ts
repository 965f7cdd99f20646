import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import { IdempotencyService } from './idempotency.service.js';
import { RecordCleanup } from './record-cleanup.js';
import { Replays } from './replays.js';

/** Requests that can be repeated without being carried out twice. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([IdempotencyRecord])],
  providers: [IdempotencyService, RecordCleanup, Replays],
  exports: [IdempotencyService, Replays],
})
export class IdempotencyModule {}
