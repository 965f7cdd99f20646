import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { Clock } from '../../platform/runtime/clock.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { WebhookEndpoint, type PauseReason } from '../webhook-endpoint.entity.js';
import { NOTHING } from '../../platform/events/invalidation.js';

/** Pauses endpoints: no further attempts are made, deliveries are parked, and the owner is notified. */
@Injectable()
export class Pauses {
  constructor(private readonly clock: Clock) {}

  /**
   * @param endpoint the endpoint as it was when the attempt failed
   * @returns whether this call paused it; it doesn't when the owner has changed it meanwhile or it is paused already
   */
  async pause(tx: Transaction, endpoint: WebhookEndpoint, reason: PauseReason): Promise<boolean> {
    const { id, merchantId, accountId, updatedAt, consecutiveFailures } = endpoint;
    const { affected } = await tx.manager.update(
      WebhookEndpoint,
      { id, updatedAt, isEnabled: true, pausedAt: IsNull() },
      { pausedAt: this.clock.now(), pauseReason: reason },
    );
    if (affected !== 1) return false;
    const maker = await tx.manager.findOneBy(Account, { id: accountId });
    await tx.publish({
      name: 'webhook.paused',
      actor: SYSTEM,
      merchantId,
      targetType: 'webhook',
      targetId: id,
      details: { host: endpoint.host, reason, consecutiveFailures, ownerId: maker?.uuid ?? null },
      invalidates: NOTHING,
    });
    return true;
  }
}
