import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { SYSTEM, type Actor } from '../platform/events/actor.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Clock, secondsAfter } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { lockRow } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeysService, NO_PREVIOUS, NOT_EXPOSED, type Versions } from './api-keys.service.js';
import { lastFourOf, type Credential } from './credentials/credential.js';
import { LastUse } from './uses/last-use.js';
import { earliest, overlapRunning, readPrevious, type PreviousCredential } from './previous-credential.js';
import { keyTarget } from './usable-keys.js';
import { assertCovers, holdEffectivePermissions } from './permissions/effective-permissions.js';
import { KeyPolicies } from './policy/key-policies.js';
import { assertAllowed } from './policy/key-policy.js';
import { SecretHasher } from './credentials/secret-hasher.js';
import { keyInvalidations } from '../platform/events/invalidation.js';

/** When a rotation ends the credential that it replaces. */
export type RotationMode = 'immediately' | 'after_overlap' | 'on_first_use' | 'when_quiet';

export interface Rotation {
  mode: RotationMode;
  /** How long the replaced credential stays valid at most; 0 with `immediately`. */
  overlapSeconds: number;
  /** With `when_quiet`: for how long the replaced credential must be unused to end; else `null`. */
  quietSeconds: number | null;
  /** Whether a previous credential that an earlier rotation keeps valid ends at once; otherwise the rotation is refused. */
  endPrevious: boolean;
  /** The key's new expiry; if it is missing, the expiry stays the same. */
  expiresAt?: Date | null;
}

/** A key with its new credential, and the credential that a rotation replaced. */
export interface RotatedKey {
  key: ApiKey;
  previous: PreviousCredential;
}

/** Replaces the credentials of keys, and ends the replaced ones. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly clock: Clock,
    private readonly hasher: SecretHasher,
    private readonly lastUse: LastUse,
    private readonly policies: KeyPolicies,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Gives a key a new credential. The credential that it replaces ends as the rotation specifies, but no later than the key would have
   * ended without the rotation. The key must not be stronger than the actor, who receives the new credential and ends the old one.
   *
   * @param versions the versions that the key may have
   * @throws {DomainError} `api_key.not_found`, `precondition.failed`, `access.level_lacking`, `api_key.not_rotatable` if it has expired
   *   and gets no new expiry, `api_key.overlap_running` while the previous credential of an earlier rotation is valid, unless it is to end,
   *   or as `assertAllowed` for a new expiry
   */
  async rotate(
    tx: Transaction,
    actor: Actor,
    { id, merchantId }: ApiKey,
    credential: Credential,
    rotation: Rotation,
    versions: Versions,
  ): Promise<RotatedKey> {
    // The merchant before its accounts, as every transaction locks them.
    if (rotation.expiresAt !== undefined) await this.policies.hold(tx, merchantId);
    const permissions = await holdEffectivePermissions(tx, actor);
    const old = await lockRow(tx.manager, ApiKey, id);
    if (old?.deletedAt !== null) throw new DomainError('api_key.not_found');
    assertCovers(permissions, old);
    if (versions && !versions.includes(old.version)) throw new DomainError('precondition.failed');
    return this.replace(tx, actor, old, credential, rotation);
  }

  /**
   * Gives a key a new credential, as {@link rotate} does, whatever the actor's permissions are.
   *
   * @param old the key, which the transaction has locked
   */
  async replace(
    tx: Transaction,
    actor: Actor,
    old: ApiKey,
    credential: Credential,
    { mode, overlapSeconds, quietSeconds, endPrevious, expiresAt }: Rotation,
  ): Promise<RotatedKey> {
    const { publicId, secret } = credential;
    const { id } = old;
    const now = this.clock.now();
    if (expiresAt === undefined && old.expiresAt !== null && old.expiresAt <= now)
      throw new DomainError('api_key.not_rotatable');
    if (expiresAt !== undefined)
      assertAllowed(await this.policies.hold(tx, old.merchantId), { ...old, expiresAt }, now);
    const promised = readPrevious(old, now);
    if (promised && !endPrevious) throw overlapRunning(promised.validUntil, now);
    if (promised) await this.endPrevious(tx, actor, id, old.publicId, 'rotated_again');

    const validUntil = earliest(secondsAfter(now, overlapSeconds), old.expiresAt, expiresAt ?? null);
    const previous = { publicId: old.publicId, validUntil, lastUsedAt: this.lastUse.latest(old) };
    const replaced = {
      previousPublicId: old.publicId,
      previousSecretHash: old.secretHash,
      previousPepperId: old.pepperId,
      previousValidUntil: validUntil,
      previousLastUsedAt: previous.lastUsedAt,
      previousEndsOnFirstUse: mode === 'on_first_use',
      previousQuietSeconds: quietSeconds,
    };
    const key = await this.apiKeys.update(tx, id, [old.version], {
      ...(validUntil > now ? replaced : NO_PREVIOUS),
      ...this.hasher.hash(secret),
      publicId,
      lastFour: lastFourOf(credential),
      importedPrefix: null,
      secretIssuedAt: now,
      ...(expiresAt !== undefined && { expiresAt }),
      ...NOT_EXPOSED,
    });
    await tx.publish({
      ...keyTarget(key),
      name: 'api_key.rotated',
      actor,
      details: {
        publicId,
        previousPublicId: old.publicId,
        endedPublicId: old.previousPublicId,
        mode,
        overlapSeconds,
        ...(quietSeconds !== null && { quietSeconds }),
        validUntil: validUntil.toISOString(),
        changes: changesBetween(old, key, ['publicId', 'previousPublicId', 'previousValidUntil', 'expiresAt']),
      },
      invalidates: [
        ...keyInvalidations('nothing', publicId),
        ...keyInvalidations('credential', old.publicId, old.previousPublicId),
      ],
    });
    return { key, previous };
  }

  /**
   * Ends the previous credential because the new one, with this public id, has been used. The key keeps the previous public id until
   * {@link forgetEnded} removes it, as a sign that other instances may still accept the previous credential.
   *
   * @returns whether this call ended it; another instance may have done so first
   */
  async endOnFirstUse(id: string, publicId: string): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const key = await lockRow(tx.manager, ApiKey, id);
      if (key?.previousEndsOnFirstUse !== true) return false;
      return this.endPrevious(tx, SYSTEM, id, publicId, 'first_use');
    });
  }

  /**
   * Ends the previous credential of a key whose current one has this public id.
   *
   * @returns `false` if there was none, or the key has been rotated again
   */
  async endPrevious(
    tx: Transaction,
    actor: Actor,
    id: string,
    publicId: string,
    reason: 'first_use' | 'quiet' | 'rotated_again' | 'backup_restored',
  ): Promise<boolean> {
    const key = await lockRow(tx.manager, ApiKey, id);
    if (key?.publicId !== publicId || key.previousPublicId === null || key.previousSecretHash === null) return false;
    const ended = { previousSecretHash: null, previousPepperId: null, previousValidUntil: this.clock.now() };
    await tx.manager.update(ApiKey, { id }, ended);
    await tx.publish({
      ...keyTarget(key),
      name: 'api_key.previous_ended',
      actor,
      details: { publicId, previousPublicId: key.previousPublicId, reason },
      invalidates: [...keyInvalidations('nothing', publicId), ...keyInvalidations('credential', key.previousPublicId)],
    });
    return true;
  }

  /** Removes the previous credential that the first use of this one ended. To be called once no instance accepts it. */
  async forgetEnded(id: string, publicId: string): Promise<void> {
    const ended = { id, publicId, previousSecretHash: IsNull(), previousEndsOnFirstUse: true };
    await this.transactions.run(({ manager }) => manager.update(ApiKey, ended, NO_PREVIOUS));
  }
}
