import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { MAX_LEVEL } from '../access/levels.js';
import type { KeyTenant, TenantKeys } from '../accounts/tenant-keys.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import type { Actor } from '../platform/events/actor.js';
import { alongIndex } from '../platform/database/engine-sql.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Clock } from '../platform/runtime/clock.js';
import { ApiKey } from './api-key.entity.js';
import { KeyRevocation } from './key-revocation.js';
import { holdEffectivePermissions } from './permissions/effective-permissions.js';
import { unexpired } from './usable-keys.js';

/** Keys that one transaction revokes. */
const REVOKED_AT_ONCE = 500;

/** Handles all keys of a merchant or an application as a whole. */
@Injectable()
export class TenantKeysService implements TenantKeys {
  constructor(
    private readonly clock: Clock,
    private readonly revocation: KeyRevocation,
  ) {}

  /** @param tenant may also name the external id of the keys */
  async assertNoneStronger(
    tx: Transaction,
    actor: Actor,
    tenant: KeyTenant & { externalId?: string },
    which: 'all' | 'usable',
  ): Promise<void> {
    const { level } = await holdEffectivePermissions(tx, actor);
    if (level === MAX_LEVEL) return;
    const above = { ...tenant, level: MoreThan(level), deletedAt: IsNull() };
    const where = which === 'all' ? above : unexpired({ ...above, isActive: true }, this.clock.now());
    if (await tx.manager.existsBy(ApiKey, where)) throw new DomainError('access.stronger_key');
  }

  async revokeSome(
    tx: Transaction,
    actor: Actor,
    { merchantId, applicationId }: Required<KeyTenant>,
    leaving: number,
  ): Promise<boolean> {
    const table = alongIndex(tx.manager.getRepository(ApiKey), 'api_key_application');
    const found = await tx.manager.query<{ id: string }[]>(
      `SELECT id FROM ${table} WHERE merchant_id = ? AND deleted_at IS NULL AND application_id = ? LIMIT ?`,
      [merchantId, applicationId, REVOKED_AT_ONCE + leaving + 1],
    );
    if (found.length <= leaving) return false;
    const ids = found.slice(0, REVOKED_AT_ONCE).map(({ id }) => id);
    const { refused } = await this.revocation.revokeMany(tx, actor, ids, 'application_deleted');
    if (refused.size > 0) throw new DomainError('access.stronger_key');
    return found.length - ids.length > leaving;
  }
}
