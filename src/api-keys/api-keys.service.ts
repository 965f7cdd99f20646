import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { In, IsNull, type FindOptionsWhere } from 'typeorm';
import { Account, STATUS } from '../accounts/account.entity.js';
import type { Actor } from '../domain/actor.js';
import { Clock } from '../domain/clock.js';
import { DomainError } from '../domain/domain-error.js';
import type { Transaction } from '../domain/transactions.js';
import { ApiKey } from './api-key.entity.js';
import type { Credential } from './credential.js';
import { LastUse } from './last-use.js';
import { powerOf, requireGiver } from './power.js';
import { SecretHasher } from './secret-hasher.js';

/** What a surface says about a key it makes; the rest is the same for all of them. */
export type KeyDraft = Pick<ApiKey, 'surface' | 'merchantId' | 'accountId' | 'environment' | 'name' | 'level'> &
  Partial<
    Pick<ApiKey, 'id' | 'applicationId' | 'serviceId' | 'encryptedSecret' | 'expiresAt' | 'scopes' | 'metadata'>
  > &
  Partial<KeyLimits>;

/** What a key is limited to beside its level. */
export type KeyLimits = Pick<ApiKey, 'rateLimit' | 'rateWindowSeconds' | 'quotaLimit' | 'quotaPeriod' | 'allowedIps'>;

/** What can be changed about a key. */
export type KeyChanges = Partial<
  KeyLimits & Pick<ApiKey, 'name' | 'isActive' | 'expiresAt' | 'level' | 'scopes' | 'metadata' | 'responsibleAccountId'>
>;

/** The versions that a key may have for something to be done with it; `null` is any. */
export type Versions = readonly number[] | null;

/** A key without a previous credential. */
export const NO_PREVIOUS = {
  previousPublicId: null,
  previousSecretHash: null,
  previousPepperId: null,
  previousValidUntil: null,
  previousLastUsedAt: null,
  previousEndsOnFirstUse: null,
} satisfies Partial<ApiKey>;

/** Why a key came to its end. */
export type RetirementReason =
  'deleted' | 'application_deleted' | 'owner_lost_power' | 'cleanup_expired' | 'cleanup_unused';

/** The two things that can happen to a key on every surface: it is made, and it is retired. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly clock: Clock,
    private readonly hasher: SecretHasher,
    private readonly lastUse: LastUse,
  ) {}

  /**
   * Stores a new key; of its secret only the keyed hash. Without scopes of its own it has its maker's.
   *
   * @throws {DomainError} as {@link requireGiver}
   */
  async issue(tx: Transaction, actor: Actor, credential: Credential, draft: KeyDraft): Promise<ApiKey> {
    const now = this.clock.now();
    const power = await powerOf(tx, actor);
    requireGiver(power, draft);
    const key = tx.manager.create(ApiKey, {
      id: randomUUID(),
      responsibleAccountId: null,
      applicationId: null,
      serviceId: null,
      encryptedSecret: null,
      importedPrefix: null,
      expiresAt: null,
      metadata: null,
      rateLimit: null,
      rateWindowSeconds: null,
      quotaLimit: null,
      quotaPeriod: null,
      allowedIps: null,
      ...draft,
      ...NO_PREVIOUS,
      scopes: draft.scopes === undefined ? power.scopes && [...power.scopes] : draft.scopes,
      ...this.hasher.hash(credential.secret),
      version: 1,
      publicId: credential.publicId,
      isActive: true,
      createdAt: now,
      updatedAt: now,
      lastUsedAt: null,
      deletedAt: null,
    });
    await tx.manager.insert(ApiKey, key);
    await tx.publish({
      name: 'api_key.created',
      actor,
      merchantId: key.merchantId,
      targetType: 'api_key',
      targetId: key.id,
      details: {
        surface: key.surface,
        name: key.name,
        level: key.level,
        scopes: key.scopes,
        applicationId: key.applicationId,
        serviceId: key.serviceId,
        expiresAt: key.expiresAt?.toISOString() ?? null,
      },
    });
    return key;
  }

  /**
   * Changes a key. A level and scopes that it has already aren't given again, and may be above its changer's.
   *
   * @param key as it was read before, which may have been a moment ago
   * @param versions that it may have
   * @throws {DomainError} `api_key.not_found` when somebody has just deleted it, `precondition.failed`, or as {@link requireGiver}
   */
  async change(
    tx: Transaction,
    actor: Actor,
    key: ApiKey,
    { level, scopes, ...rest }: KeyChanges,
    versions: Versions = null,
  ): Promise<ApiKey> {
    const given = {
      ...(level !== undefined && level !== key.level && { level }),
      ...(scopes !== undefined && !isDeepStrictEqual(scopes, key.scopes) && { scopes }),
    };
    if (Object.keys(given).length > 0) requireGiver(await powerOf(tx, actor), given);
    const changes = { ...given, ...rest };
    const fields = Object.keys(changes);
    if (fields.length === 0 && (versions?.includes(key.version) ?? true)) return key;
    const changed = await this.update(tx, key.id, versions, changes);
    await tx.publish({
      name: 'api_key.updated',
      actor,
      merchantId: changed.merchantId,
      targetType: 'api_key',
      targetId: changed.id,
      details: {
        publicId: changed.publicId,
        previousPublicId: changed.previousPublicId,
        surface: changed.surface,
        fields,
        isActive: changed.isActive,
        level: changed.level,
        scopes: changed.scopes,
      },
    });
    return changed;
  }

  /**
   * Retires a key for good: its secret is destroyed, a tombstone and the audit record stay, the merchant's team is told.
   *
   * @param versions that it may have
   * @returns when; `null` when somebody else was faster
   * @throws {DomainError} `precondition.failed`
   */
  async retire(
    tx: Transaction,
    actor: Actor,
    { id }: ApiKey,
    reason: RetirementReason,
    versions: Versions = null,
  ): Promise<Date | null> {
    const deletedAt = this.clock.now();
    const secrets = { secretHash: null, pepperId: null, encryptedSecret: null };
    const previousSecrets = { previousSecretHash: null, previousPepperId: null };
    const { affected } = await tx.manager.update(ApiKey, standing(id, versions), {
      ...secrets,
      ...previousSecrets,
      deletedAt,
      updatedAt: deletedAt,
      isActive: false,
    });
    const key = await tx.manager.findOneByOrFail(ApiKey, { id });
    if (affected !== 1 && key.deletedAt === null) throw new DomainError('precondition.failed');
    if (affected !== 1) return null;

    const event = { actor, merchantId: key.merchantId, targetType: 'api_key', targetId: key.id };
    await tx.publish({
      ...event,
      name: 'api_key.deleted',
      details: {
        publicId: key.publicId,
        previousPublicId: key.previousPublicId,
        surface: key.surface,
        name: key.name,
        level: key.level,
        reason,
        lastUsedAt: this.lastUse.of(key)?.toISOString() ?? null,
      },
    });
    await tx.publish({
      ...event,
      name: 'api_key.team_notified',
      details: { subject: 'api_key.deleted', name: key.name, accountIds: await this.teamOf(tx, key.merchantId) },
    });
    return deletedAt;
  }

  /**
   * Writes new values, and reads the key as it is then, if it is still there and has one of these versions.
   *
   * @throws {DomainError} `api_key.not_found`, `precondition.failed`
   */
  async update(
    { manager }: Transaction,
    id: string,
    versions: Versions,
    values: Partial<Omit<ApiKey, 'id' | 'version' | 'updatedAt'>>,
  ): Promise<ApiKey> {
    const { affected } = await manager.update(ApiKey, standing(id, versions), {
      ...values,
      version: () => 'version + 1',
      updatedAt: this.clock.now(),
    });
    const key = await manager.findOneBy(ApiKey, { id, deletedAt: IsNull() });
    if (!key) throw new DomainError('api_key.not_found');
    if (affected !== 1) throw new DomainError('precondition.failed');
    return key;
  }

  private async teamOf(tx: Transaction, merchantId: string): Promise<number[]> {
    const team = await tx.manager.find(Account, { select: { id: true }, where: { merchantId, status: STATUS.active } });
    return team.map(({ id }) => id);
  }
}

/** The key, while it isn't deleted and has one of these versions. */
const standing = (id: string, versions: Versions): FindOptionsWhere<ApiKey> => ({
  id,
  deletedAt: IsNull(),
  ...(versions && { version: In([...versions]) }),
});
