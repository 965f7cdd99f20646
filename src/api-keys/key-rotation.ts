import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { SYSTEM, type Actor } from '../platform/events/actor.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Clock, secondsAfter } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Transactions, type Transaction } from '../platform/database/transactions/transactions.js';
import { lockRow } from '../platform/database/row-locks.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeysService, NO_PREVIOUS, NOT_EXPOSED, type Versions } from './api-keys.service.js';
import { lastFourOf, type Credential } from './credentials/credential.js';
import { LastUse } from './usage/last-use.js';
import { keyTarget } from './usable-keys.js';
import { holdEffectivePermissions } from './permissions/effective-permissions.js';
import { SecretHasher } from './credentials/secret-hasher.js';

/** When the credential that a rotation replaces comes to its end. */
export type RotationMode = 'immediately' | 'after_overlap' | 'on_first_use';

export interface Rotation {
  mode: RotationMode;
  /** How long the replaced credential stays good at the most; 0 with `immediately`. */
  overlapSeconds: number;
}

/** The credential that a rotation replaced. */
export interface PreviousCredential {
  publicId: string;
  validUntil: Date;
  lastUsedAt: Date | null;
}

/** A key's second credential: how it comes, and the ways in which the first one goes. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly clock: Clock,
    private readonly hasher: SecretHasher,
    private readonly lastUse: LastUse,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Gives a key a new credential; what was its credential until now ends as the rotation says, and what was replaced before ends now.
   * Whoever sees a credential has its power, so nobody rotates a key that is stronger than themselves.
   *
   * @param versions that the key may have
   * @throws {DomainError} `api_key.not_found`, `precondition.failed`, `access.level_lacking`, `api_key.not_rotatable` when it has expired
   */
  async rotate(
    tx: Transaction,
    actor: Actor,
    { id }: ApiKey,
    credential: Credential,
    { mode, overlapSeconds }: Rotation,
    versions: Versions,
  ): Promise<{ key: ApiKey; previous: PreviousCredential }> {
    const { publicId, secret } = credential;
    const permissions = await holdEffectivePermissions(tx, actor);
    const old = await lockRow(tx.manager, ApiKey, id);
    if (old?.deletedAt !== null) throw new DomainError('api_key.not_found');
    if (versions && !versions.includes(old.version)) throw new DomainError('precondition.failed');
    if (old.level > permissions.level) throw new DomainError('access.level_lacking');
    const now = this.clock.now();
    if (old.expiresAt !== null && old.expiresAt <= now) throw new DomainError('api_key.not_rotatable');

    const validUntil = secondsAfter(now, overlapSeconds);
    const previous = { publicId: old.publicId, validUntil, lastUsedAt: this.lastUse.latest(old) };
    const kept = {
      previousPublicId: old.publicId,
      previousSecretHash: old.secretHash,
      previousPepperId: old.pepperId,
      previousValidUntil: validUntil,
      previousLastUsedAt: previous.lastUsedAt,
      previousEndsOnFirstUse: mode === 'on_first_use',
    };
    const key = await this.apiKeys.update(tx, id, [old.version], {
      ...(overlapSeconds > 0 ? kept : NO_PREVIOUS),
      ...this.hasher.hash(secret),
      publicId,
      lastFour: lastFourOf(credential),
      importedPrefix: null,
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
        validUntil: validUntil.toISOString(),
        changes: changesBetween(old, key, ['publicId', 'previousPublicId', 'previousValidUntil']),
      },
    });
    return { key, previous };
  }

  /**
   * Ends the previous credential because the new one, with this public id, has come into use. Until it is forgotten, whoever reads the key sees
   * that there was one, and that other instances may not have heard of its end.
   *
   * @returns whether there was one to end: somebody else may have been faster
   */
  async endOnFirstUse(id: string, publicId: string): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const key = await lockRow(tx.manager, ApiKey, id);
      if (key?.publicId !== publicId || key.previousPublicId === null || key.previousEndsOnFirstUse !== true)
        return false;
      if (key.previousSecretHash === null) return false;
      const ended = { previousSecretHash: null, previousPepperId: null, previousValidUntil: this.clock.now() };
      await tx.manager.update(ApiKey, { id }, ended);
      await tx.publish({
        ...keyTarget(key),
        name: 'api_key.previous_ended',
        actor: SYSTEM,
        details: { publicId, previousPublicId: key.previousPublicId, reason: 'first_use' },
      });
      return true;
    });
  }

  /** Forgets a previous credential that was ended by the first use of this one, once no instance accepts it any more. */
  async forgetEnded(id: string, publicId: string): Promise<void> {
    const ended = { id, publicId, previousSecretHash: IsNull(), previousEndsOnFirstUse: true };
    await this.transactions.run(({ manager }) => manager.update(ApiKey, ended, NO_PREVIOUS));
  }
}
