import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { ROLE_NAMES, ROLES, LEVELS } from '../../access/levels.js';
import { Account, STATUS } from '../../accounts/account.entity.js';
import { Mailer } from '../../accounts/mailer.js';
import { SYSTEM } from '../../domain/actor.js';
import { Clock } from '../../domain/clock.js';
import type { Transaction } from '../../domain/transactions.js';
import { WebhookEndpoint, type PauseReason } from '../endpoints/webhook-endpoint.entity.js';

const WORDS: Record<PauseReason, string> = {
  failing: 'has not taken anything for a day',
  gone: 'answers that it is gone (410)',
};

/** Roles that can manage a merchant's endpoints. */
const MANAGERS = new Set(ROLE_NAMES.filter((role) => ROLES[role] >= LEVELS.writeOwn));

/** When the server stops sending to an endpoint: nothing more is tried, nothing is lost, and its owner is told. */
@Injectable()
export class Pauses {
  constructor(
    private readonly clock: Clock,
    private readonly mailer: Mailer,
  ) {}

  /**
   * @param endpoint as it was when it failed
   * @returns whether it is paused by this, and not changed by its owner meanwhile, nor paused already
   */
  async pause(tx: Transaction, endpoint: WebhookEndpoint, reason: PauseReason): Promise<boolean> {
    const { id, merchantId, updatedAt, consecutiveFailures } = endpoint;
    const { affected } = await tx.manager.update(
      WebhookEndpoint,
      { id, updatedAt, isEnabled: true, pausedAt: IsNull() },
      { pausedAt: this.clock.now(), pauseReason: reason },
    );
    if (affected !== 1) return false;
    const { host } = new URL(endpoint.url);
    await tx.publish({
      name: 'webhook.paused',
      actor: SYSTEM,
      merchantId,
      targetType: 'webhook',
      targetId: id,
      details: { host, reason, consecutiveFailures },
    });
    const owners = await ownersOf(tx, endpoint);
    tx.afterCommit(() => {
      for (const { email } of owners)
        this.mailer.send({ to: email, subject: `Webhook paused: ${host}`, text: textOf(endpoint, reason) });
      return Promise.resolve();
    });
    return true;
  }
}

/** Who made it; when that person has left, all who can manage it. */
async function ownersOf({ manager }: Transaction, { accountId, merchantId }: WebhookEndpoint): Promise<Account[]> {
  const active = await manager.findBy(Account, { merchantId, status: STATUS.active, deletedAt: IsNull() });
  const maker = active.filter(({ id }) => id === accountId);
  return maker.length > 0 ? maker : active.filter(({ role }) => MANAGERS.has(role));
}

function textOf({ id, url }: WebhookEndpoint, reason: PauseReason): string {
  const { origin, pathname } = new URL(url);
  return `The webhook endpoint ${id} (${origin}${pathname}) ${WORDS[reason]}, so nothing more is sent there.

What has happened since, and happens from now on, is parked. Once the endpoint works again, resume it with
PATCH /api/v1/webhooks/${id} {"enabled": true}; then everything is sent.`;
}
