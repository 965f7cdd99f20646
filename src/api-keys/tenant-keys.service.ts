import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { MAX_LEVEL } from '../access/levels.js';
import type { KeyTenant, TenantKeys } from '../accounts/tenant-keys.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import { inBatches } from '../platform/runtime/batches.js';
import { Clock } from '../platform/runtime/clock.js';
import { ApiKey } from './api-key.entity.js';
import { KeyRevocation } from './key-revocation.js';
import { holdEffectivePermissions } from './permissions/effective-permissions.js';
import { unexpired } from './usable-keys.js';

/** Keys revoked per statement. */
const REVOKED_AT_ONCE = 500;

/** Handles all keys of a merchant or an application as a whole. */
@Injectable()
export class TenantKeysService implements TenantKeys {
  constructor(
    private readonly clock: Clock,
    private readonly revocation: KeyRevocation,
  ) {}

  async assertCanRestore(tx: Transaction, actor: Actor, tenant: KeyTenant): Promise<void> {
    const { level } = await holdEffectivePermissions(tx, actor);
    if (level === MAX_LEVEL) return;
    const above = { ...tenant, level: MoreThan(level), isActive: true, deletedAt: IsNull() };
    if (await tx.manager.existsBy(ApiKey, unexpired(above, this.clock.now())))
      throw new DomainError('access.level_lacking');
  }

  async revokeAll(tx: Transaction, actor: Actor, application: Required<KeyTenant>): Promise<void> {
    const keys = await tx.manager.findBy(ApiKey, { ...application, deletedAt: IsNull() });
    for (const batch of inBatches(keys, REVOKED_AT_ONCE)) {
      const ids = batch.map(({ id }) => id);
      await this.revocation.revokeMany(tx, actor, ids, 'application_deleted');
    }
  }
}
