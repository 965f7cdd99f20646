import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { ApiKey } from './api-key.entity.js';
import type { Versions } from './api-keys.service.js';
import { LastUse } from './usage/last-use.js';
import { keyTarget, lockUndeleted } from './usable-keys.js';
import { keyInvalidations } from '../platform/events/invalidation.js';

/** What a deleted key has none of. */
const NO_SECRETS = {
  secretHash: null,
  pepperId: null,
  encryptedSecret: null,
  previousSecretHash: null,
  previousPepperId: null,
} satisfies Partial<ApiKey>;

/** Why a key came to its end. */
export type RevocationReason =
  'deleted' | 'application_deleted' | 'owner_lost_power' | 'cleanup_expired' | 'cleanup_unused' | 'exposed' | 'idle';

/** How keys come to their end, on every surface alike. */
@Injectable()
export class KeyRevocation {
  constructor(
    private readonly clock: Clock,
    private readonly lastUse: LastUse,
  ) {}

  /**
   * Retires a key for good: its secret is destroyed, a tombstone and the audit record stay.
   *
   * @param versions that it may have
   * @returns when; `null` when somebody else was faster
   * @throws {DomainError} `precondition.failed`
   */
  async revoke(
    tx: Transaction,
    actor: Actor,
    { id }: ApiKey,
    reason: RevocationReason,
    versions: Versions = null,
  ): Promise<Date | null> {
    const [key] = await lockUndeleted(tx, [id]);
    if (key && versions?.includes(key.version) === false) throw new DomainError('precondition.failed');
    const [revoked] = await this.revokeLocked(tx, actor, key ? [key] : [], reason);
    return revoked?.deletedAt ?? null;
  }

  /**
   * Retires keys for good, as {@link revoke} does.
   *
   * @returns those that nobody else was faster with
   */
  async revokeMany(tx: Transaction, actor: Actor, ids: string[], reason: RevocationReason): Promise<ApiKey[]> {
    return this.revokeLocked(tx, actor, await lockUndeleted(tx, ids), reason);
  }

  private async revokeLocked(
    tx: Transaction,
    actor: Actor,
    keys: ApiKey[],
    reason: RevocationReason,
  ): Promise<ApiKey[]> {
    if (keys.length === 0) return [];
    const deletedAt = this.clock.now();
    const end = { ...NO_SECRETS, deletedAt, updatedAt: deletedAt, isActive: false };
    await tx.manager.update(ApiKey, { id: In(keys.map(({ id }) => id)) }, end);
    for (const key of keys) {
      const { publicId, previousPublicId, surface, name, level } = key;
      const lastUsedAt = this.lastUse.latest(key)?.toISOString() ?? null;
      const details = { publicId, previousPublicId, surface, name, level, reason, lastUsedAt };
      await tx.publish({
        ...keyTarget(key),
        name: 'api_key.deleted',
        actor,
        details,
        invalidates: keyInvalidations(publicId, previousPublicId),
      });
    }
    return keys.map((key) => Object.assign(key, end));
  }
}
