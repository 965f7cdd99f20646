import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { IsNull, MoreThan, type FindOptionsWhere } from 'typeorm';
import { MAX_LEVEL } from '../../access/levels.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import type { Transaction } from '../../platform/database/transactions/transactions.js';
import { ApiKey } from '../api-key.entity.js';
import { unexpired } from '../usable-keys.js';
import { holdEffectivePermissions } from './effective-permissions.js';

/**
 * Whoever enables an application, or unblocks a merchant, gives its keys their power back, and must have it: as for one key alone (see
 * `requireReviver`).
 */
@Injectable()
export class Revivals {
  constructor(private readonly clock: Clock) {}

  /** @throws {DomainError} `access.level_lacking`, which undoes the change */
  @OnEvent('application.updated', { suppressErrors: false })
  async ofApplication(event: DomainEvent, tx: Transaction): Promise<void> {
    const { merchantId, targetId: applicationId } = event;
    if (becomes(event, 'isEnabled', true)) await this.requireNoneAbove(tx, event, { merchantId, applicationId });
  }

  /** @throws {DomainError} as {@link ofApplication} */
  @OnEvent('merchant.updated', { suppressErrors: false })
  async ofMerchant(event: DomainEvent, tx: Transaction): Promise<void> {
    const { merchantId } = event;
    if (becomes(event, 'status', 'active')) await this.requireNoneAbove(tx, event, { merchantId });
  }

  private async requireNoneAbove(
    tx: Transaction,
    { actor }: DomainEvent,
    which: FindOptionsWhere<ApiKey>,
  ): Promise<void> {
    const { level } = await holdEffectivePermissions(tx, actor);
    if (level === MAX_LEVEL) return;
    const above = { ...which, level: MoreThan(level), isActive: true, deletedAt: IsNull() };
    if (await tx.manager.existsBy(ApiKey, unexpired(above, this.clock.now())))
      throw new DomainError('access.level_lacking');
  }
}

function becomes({ details: { changes } }: DomainEvent, field: string, value: unknown): boolean {
  const changed =
    typeof changes === 'object' && changes !== null && !Array.isArray(changes) ? changes[field] : undefined;
  return changed?.to === value;
}
