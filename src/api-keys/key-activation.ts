import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Clock } from '../platform/runtime/clock.js';
import type { ErrorCode } from '../platform/events/domain-error.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { ApiKey } from './api-key.entity.js';
import { ClientKeyLimit } from './clients/client-key-limit.js';
import { inBatches } from '../platform/runtime/batches.js';
import { ROWS_AT_ONCE } from '../platform/runtime/turns.js';
import { KeyPolicies } from './policy/key-policies.js';
import { issuedAtOf, violationOf } from './policy/key-policy.js';
import { lockUndeleted, publishKeyChange } from './usable-keys.js';
import { covers, holdEffectivePermissions, type EffectivePermissions } from './permissions/effective-permissions.js';
import { withoutStronger, type KeysChanged } from './permissions/keys-changed.js';

/** Disables and enables many keys at a time. */
@Injectable()
export class KeyActivation {
  constructor(
    private readonly clock: Clock,
    private readonly limit: ClientKeyLimit,
    private readonly policies: KeyPolicies,
  ) {}

  /**
   * Disables keys. A key that is already disabled counts as changed, too: another call may have just disabled it, and this call must not
   * return before every instance refuses it. Keys that are stronger than the actor are refused.
   */
  async disable(tx: Transaction, actor: Actor, ids: string[]): Promise<KeysChanged> {
    const permissions = await holdEffectivePermissions(tx, actor);
    const done: KeysChanged = { changed: [], refused: new Map() };
    for (const some of inBatches(ids.toSorted(), ROWS_AT_ONCE)) {
      const keys = withoutStronger(permissions, await lockUndeleted(tx, some), done);
      done.changed.push(...(await this.setActive(tx, actor, keys, false)));
    }
    return done;
  }

  /**
   * Enables keys in the order of the ids, as many as their client's limit allows. To enable a key is to grant what it may do, so keys that are
   * stronger than the actor are refused, and keys that live longer than the key policy allows. A key that is already enabled is never refused.
   */
  async enable(tx: Transaction, actor: Actor, ids: string[]): Promise<KeysChanged> {
    const permissions = await holdEffectivePermissions(tx, actor);
    const keys = new Map<string, ApiKey>();
    for (const some of inBatches(ids.toSorted(), ROWS_AT_ONCE))
      for (const key of await lockUndeleted(tx, some)) keys.set(key.id, key);
    const refused = new Map<string, ErrorCode>();
    const remainingByMerchant = new Map<string, number>();
    for (const key of ids.flatMap((id) => keys.get(id) ?? [])) {
      const refusal = key.isActive ? null : await this.findRefusal(tx, permissions, key, remainingByMerchant);
      if (refusal === null) continue;
      refused.set(key.id, refusal);
      keys.delete(key.id);
    }
    const changed: ApiKey[] = [];
    for (const some of inBatches([...keys.values()], ROWS_AT_ONCE))
      changed.push(...(await this.setActive(tx, actor, some, true)));
    return { changed, refused };
  }

  /** Returns why a key can't be enabled. If it can, counts it against its client's limit and returns `null`. */
  private async findRefusal(
    tx: Transaction,
    permissions: EffectivePermissions,
    key: ApiKey,
    remainingByMerchant: Map<string, number>,
  ): Promise<ErrorCode | null> {
    const { merchantId, surface, expiresAt } = key;
    if (!covers(permissions, key)) return 'access.level_lacking';
    const violation = violationOf(await this.policies.hold(tx, merchantId), key, issuedAtOf(key));
    if (violation) return violation.code;
    if (surface !== 'clients' || (expiresAt !== null && expiresAt <= this.clock.now())) return null;
    const remaining = remainingByMerchant.get(merchantId) ?? (await this.limit.remaining(tx, merchantId));
    remainingByMerchant.set(merchantId, Math.max(0, remaining - 1));
    return remaining === 0 ? 'api_key.limit_reached' : null;
  }

  private async setActive(tx: Transaction, actor: Actor, keys: ApiKey[], isActive: boolean): Promise<ApiKey[]> {
    if (keys.length === 0) return keys;
    const changes = { isActive, updatedAt: this.clock.now(), version: () => 'version + 1' };
    await tx.manager.update(ApiKey, { id: In(keys.map(({ id }) => id)) }, changes);
    for (const key of keys) {
      const changed = changesBetween(key, { ...key, isActive }, ['isActive']);
      Object.assign(key, { isActive, version: key.version + 1 });
      await publishKeyChange(tx, actor, key, ['isActive'], changed, isActive ? 'nothing' : 'permissions');
    }
    return keys;
  }
}
