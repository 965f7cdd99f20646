import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { ApiKey } from './api-key.entity.js';
import type { Versions } from './api-keys.service.js';
import { LastUse } from './uses/last-use.js';
import {
  assertCovers,
  holdEffectivePermissions,
  type EffectivePermissions,
} from './permissions/effective-permissions.js';
import { withoutStronger, type KeysChanged } from './permissions/keys-changed.js';
import { keyTarget, lockUndeleted } from './usable-keys.js';
import { keyInvalidations } from '../platform/events/invalidation.js';
import { inBatches } from '../platform/runtime/batches.js';
import { ROWS_AT_ONCE } from '../platform/runtime/turns.js';

/** The columns that deletion clears. */
const NO_SECRETS = {
  secretHash: null,
  pepperId: null,
  encryptedSecret: null,
  previousSecretHash: null,
  previousPepperId: null,
} satisfies Partial<ApiKey>;

/** Why a key was revoked. */
export type RevocationReason =
  | 'deleted'
  | 'application_deleted'
  | 'owner_lost_power'
  | 'cleanup_expired'
  | 'cleanup_unused'
  | 'exposed'
  | 'idle'
  | 'backup_restored';

/**
 * Returns the permissions that bound which keys the actor may revoke. They are `null` when a personal key is revoked because its owner has lost
 * its level, which follows from a change that the actor was allowed to make, and which may have been a change of the actor itself.
 */
const holdPermissionsFor = (
  tx: Transaction,
  actor: Actor,
  reason: RevocationReason,
): Promise<EffectivePermissions | null> =>
  reason === 'owner_lost_power' ? Promise.resolve(null) : holdEffectivePermissions(tx, actor);

/** Revokes the keys of every surface. */
@Injectable()
export class KeyRevocation {
  constructor(
    private readonly clock: Clock,
    private readonly lastUse: LastUse,
  ) {}

  /**
   * Revokes a key permanently: its secret is destroyed; a tombstone and the audit record remain.
   *
   * @param versions the versions that the key may have
   * @returns when the key was revoked; `null` if it had already been deleted
   * @throws {DomainError} `precondition.failed`, or as {@link assertCovers}
   */
  async revoke(
    tx: Transaction,
    actor: Actor,
    { id }: ApiKey,
    reason: RevocationReason,
    versions: Versions = null,
  ): Promise<Date | null> {
    const permissions = await holdPermissionsFor(tx, actor, reason);
    const [key] = await lockUndeleted(tx, [id]);
    if (!key) return null;
    if (permissions) assertCovers(permissions, key);
    if (versions?.includes(key.version) === false) throw new DomainError('precondition.failed');
    const [revoked] = await this.revokeLocked(tx, actor, [key], reason);
    return revoked?.deletedAt ?? null;
  }

  /** Revokes keys permanently, as {@link revoke} does. Keys that are stronger than the actor are refused. */
  async revokeMany(tx: Transaction, actor: Actor, ids: string[], reason: RevocationReason): Promise<KeysChanged> {
    const permissions = await holdPermissionsFor(tx, actor, reason);
    const done: KeysChanged = { changed: [], refused: new Map() };
    for (const some of inBatches(ids.toSorted(), ROWS_AT_ONCE)) {
      const keys = withoutStronger(permissions, await lockUndeleted(tx, some), done);
      done.changed.push(...(await this.revokeLocked(tx, actor, keys, reason)));
    }
    return done;
  }

  private async revokeLocked(
    tx: Transaction,
    actor: Actor,
    keys: ApiKey[],
    reason: RevocationReason,
  ): Promise<ApiKey[]> {
    if (keys.length === 0) return [];
    const deletedAt = this.clock.now();
    const tombstone = { ...NO_SECRETS, deletedAt, updatedAt: deletedAt, isActive: false };
    await tx.manager.update(ApiKey, { id: In(keys.map(({ id }) => id)) }, tombstone);
    for (const key of keys) {
      const { publicId, previousPublicId, surface, name, level } = key;
      const lastUsedAt = this.lastUse.latest(key)?.toISOString() ?? null;
      const details = { publicId, previousPublicId, surface, name, level, reason, lastUsedAt };
      await tx.publish({
        ...keyTarget(key),
        name: 'api_key.deleted',
        actor,
        details,
        invalidates: keyInvalidations('everything', publicId, previousPublicId),
      });
    }
    return keys.map((key) => Object.assign(key, tombstone));
  }
}
