import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { Clock } from '../../platform/runtime/clock.js';
import type { Transaction } from '../../platform/database/transactions/transactions.js';
import { WebhookEndpoint, type PauseReason } from '../webhook-endpoint.entity.js';

/** When the server stops sending to an endpoint: nothing more is tried, nothing is lost, and its owner is told. */
@Injectable()
export class Pauses {
  constructor(private readonly clock: Clock) {}

  /**
   * @param endpoint as it was when it failed
   * @returns whether it is paused by this, and not changed by its owner meanwhile, nor paused already
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
    });
    return true;
  }
}
