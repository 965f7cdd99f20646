import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThanOrEqual, type Repository } from 'typeorm';
import { Clock } from '../domain/clock.js';
import { Transactions } from '../domain/transactions.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';

const HOUR_MS = 3_600_000;

/** Records deleted in one transaction. */
const BATCH = 1000;

/** Deletes records that count no more. */
@Injectable()
export class RecordCleanup {
  private readonly logger = new Logger('Keywright');

  constructor(
    @InjectRepository(IdempotencyRecord) private readonly records: Repository<IdempotencyRecord>,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  @Interval(HOUR_MS)
  async tick(): Promise<void> {
    await this.run().catch((error: unknown) =>
      this.logger.error(`The cleanup of idempotency records failed: ${String(error)}`),
    );
  }

  async run(): Promise<void> {
    const isOver = { expiresAt: LessThanOrEqual(this.clock.now()) };
    for (;;) {
      const records = await this.records.find({ select: { id: true }, where: isOver, take: BATCH });
      const ids = records.map(({ id }) => id);
      if (ids.length > 0)
        await this.transactions.run((tx) => tx.manager.delete(IdempotencyRecord, { ...isOver, id: In(ids) }));
      if (ids.length < BATCH) return;
    }
  }
}
