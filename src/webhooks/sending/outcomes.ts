import { Injectable } from '@nestjs/common';
import { In, IsNull, MoreThan } from 'typeorm';
import { Clock } from '../../platform/runtime/clock.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';
import { WebhookEndpoint, type PauseReason } from '../webhook-endpoint.entity.js';
import { Outbox, type Claimed } from './outbox.js';
import { Pauses } from './pauses.js';
import { PATIENCE_MS, retryAt } from './schedule.js';
import type { Attempt } from './sender.js';

/** The outcome of a claimed delivery; `null` when the server stopped first. */
export interface Outcome extends Claimed {
  attempt: Attempt | null;
}

type Values = Pick<WebhookDelivery, 'status' | 'nextAttemptAt' | 'deliveredAt' | 'claimedBy'> &
  Partial<Pick<WebhookDelivery, 'lastStatusCode' | 'lastError' | 'lastAnswer'>>;

/** 410 Gone: the receiver wants no further deliveries (RFC 9110, section 15.5.11). */
const GONE = 410;

/** Records the outcomes of attempts, with one statement for those that are equal, as most are. */
@Injectable()
export class Outcomes {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly pauses: Pauses,
  ) {}

  async record(tx: Transaction, outcomes: Outcome[]): Promise<void> {
    const closed = new Set<string>();
    for (const own of groups(outcomes, ({ endpoint }) => endpoint.id)) {
      const endpoint = own[0]?.endpoint;
      if (endpoint && (await this.judge(tx, endpoint, own))) closed.add(endpoint.id);
    }
    const valued = outcomes.map((outcome) => ({
      outcome,
      values: this.valuesOf(outcome, closed.has(outcome.endpoint.id)),
    }));
    for (const alike of groups(valued, ({ values, outcome }) => JSON.stringify([values, outcome.attempt === null]))) {
      const [first] = alike;
      if (!first) continue;
      const ids = alike.map(({ outcome }) => outcome.delivery.id).sort();
      await tx.manager.update(
        WebhookDelivery,
        { id: In(ids), claimedBy: this.outbox.claimant },
        { ...first.values, ...(first.outcome.attempt && { attempts: () => 'attempts + 1' }) },
      );
    }
  }

  /** Counts an endpoint's failures, and pauses it after too many. @returns whether it is paused now */
  private async judge(tx: Transaction, endpoint: WebhookEndpoint, outcomes: Outcome[]): Promise<boolean> {
    const attempts = outcomes.flatMap(({ attempt }) => attempt ?? []);
    const { id } = endpoint;
    if (attempts.some(({ isDelivered }) => isDelivered)) {
      const isFailing = { id, consecutiveFailures: MoreThan(0) };
      if (endpoint.consecutiveFailures > 0)
        await tx.manager.update(WebhookEndpoint, isFailing, { consecutiveFailures: 0, failingSince: null });
      return false;
    }
    if (attempts.length === 0) return false;
    const now = this.clock.now();
    await tx.manager.increment(WebhookEndpoint, { id }, 'consecutiveFailures', attempts.length);
    if (endpoint.failingSince === null)
      await tx.manager.update(WebhookEndpoint, { id, failingSince: IsNull() }, { failingSince: now });
    const reason = reasonToPause(endpoint, attempts, now);
    return reason !== null && this.pauses.pause(tx, endpoint, reason);
  }

  private valuesOf({ delivery, attempt }: Outcome, isPaused: boolean): Values {
    const now = this.clock.now();
    if (attempt === null) return { status: 'pending', nextAttemptAt: now, deliveredAt: null, claimedBy: null };
    const { statusCode: lastStatusCode, error: lastError, answer: lastAnswer } = attempt;
    const said = { lastStatusCode, lastError, lastAnswer, claimedBy: null };
    if (attempt.isDelivered) return { ...said, status: 'delivered', nextAttemptAt: null, deliveredAt: now };
    if (isPaused) return { ...said, status: 'parked', nextAttemptAt: null, deliveredAt: null };
    const nextAttemptAt = retryAt(delivery.attempts + 1, now.getTime());
    return { ...said, status: nextAttemptAt ? 'pending' : 'failed', nextAttemptAt, deliveredAt: null };
  }
}

function reasonToPause({ failingSince }: WebhookEndpoint, attempts: Attempt[], now: Date): PauseReason | null {
  if (attempts.some(({ statusCode }) => statusCode === GONE)) return 'gone';
  return failingSince !== null && now.getTime() - failingSince.getTime() >= PATIENCE_MS ? 'failing' : null;
}

function groups<T>(items: T[], nameOf: (item: T) => string): T[][] {
  const byName = new Map<string, T[]>();
  for (const item of items) {
    const group = byName.get(nameOf(item));
    if (group) group.push(item);
    else byName.set(nameOf(item), [item]);
  }
  return [...byName.values()];
}
