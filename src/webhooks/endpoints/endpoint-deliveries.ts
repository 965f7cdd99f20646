import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock } from '../../platform/runtime/clock.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';

/** Rows changed in one transaction. */
const BATCH = 1000;

/** Changes all deliveries of an endpoint, however many there are, in short transactions. */
@Injectable()
export class EndpointDeliveries {
  constructor(
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  /** Makes all parked deliveries pending again. The endpoint is open by now, so no more are parked. */
  unpark(endpointId: string): Promise<void> {
    const due = { status: 'pending', nextAttemptAt: this.clock.now(), attempts: 0 } as const;
    return this.inBatches(endpointId, (tx, ids) => tx.manager.update(WebhookDelivery, { id: In(ids) }, due), 'parked');
  }

  /** Deletes all deliveries of a deleted endpoint. */
  delete(endpointId: string): Promise<void> {
    return this.inBatches(endpointId, (tx, ids) => tx.manager.delete(WebhookDelivery, { id: In(ids) }));
  }

  /** @param work changes the deliveries so that they are not found again */
  private async inBatches(
    endpointId: string,
    work: (tx: Transaction, ids: string[]) => Promise<unknown>,
    status?: 'parked',
  ): Promise<void> {
    for (let isMore = true; isMore;) {
      isMore = await this.transactions.run(async (tx) => {
        const where = { endpointId, ...(status && { status }) };
        const some = await tx.manager.find(WebhookDelivery, { select: { id: true }, where, take: BATCH });
        const ids = some.map(({ id }) => id).sort();
        if (ids.length > 0) await work(tx, ids);
        return ids.length === BATCH;
      });
    }
  }
}
