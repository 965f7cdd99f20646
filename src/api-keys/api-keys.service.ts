import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { In, IsNull, type FindOptionsWhere } from 'typeorm';
import { insertRows } from '../statements.js';
import type { Actor } from '../domain/actor.js';
import { Clock } from '../domain/clock.js';
import { DomainError } from '../domain/domain-error.js';
import type { Transaction } from '../domain/transactions.js';
import { aboutKey, lockLive } from './live-keys.js';
import { ApiKey } from './api-key.entity.js';
import { lastFourOf, type Credential } from './credential.js';
import { powerOf, requireGiver } from './power.js';
import { grantsAll } from './scopes.js';
import { SecretHasher } from './secret-hasher.js';

/** What a surface says about a key it makes; the rest is the same for all of them. */
export type KeyDraft = Pick<
  ApiKey,
  'surface' | 'merchantId' | 'accountId' | 'environment' | 'name' | 'level' | 'createdAt'
> &
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

/** How keys are made and changed, on every surface alike. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly clock: Clock,
    private readonly hasher: SecretHasher,
  ) {}

  /**
   * Stores a new key; of its secret only the keyed hash. Without scopes of its own it has its maker's.
   *
   * @throws {DomainError} as {@link requireGiver}
   */
  async issue(tx: Transaction, actor: Actor, credential: Credential, draft: KeyDraft): Promise<ApiKey> {
    const power = await powerOf(tx, actor);
    requireGiver(power, draft);
    const key = tx.manager.create(ApiKey, {
      id: randomUUID(),
      responsibleAccountId: null,
      applicationId: null,
      serviceId: null,
      encryptedSecret: null,
      importedPrefix: null,
      externalId: null,
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
      lastFour: lastFourOf(credential),
      isActive: true,
      updatedAt: draft.createdAt,
      lastUsedAt: null,
      deletedAt: null,
    });
    await insertRows(tx.manager, ApiKey, [key]);
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
   * Changes a key. A level and scopes that it has already aren't given again, and may be above its changer's; but whoever widens its scopes
   * gives them together with its level.
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
    const isWidened = given.scopes !== undefined && !grantsAll(key.scopes, given.scopes);
    const gift = isWidened ? { level: level ?? key.level, ...given } : given;
    if (Object.keys(gift).length > 0) requireGiver(await powerOf(tx, actor), gift);
    const changes = { ...given, ...rest };
    const fields = Object.keys(changes);
    if (fields.length === 0 && (versions?.includes(key.version) ?? true)) return key;
    const changed = await this.update(tx, key.id, versions, changes);
    await this.publishChange(tx, actor, changed, fields);
    return changed;
  }

  /**
   * Enables or disables keys. Those that already are count as changed, too: whoever disables a key is answered once no instance accepts it,
   * also when somebody else is just doing the same.
   *
   * @returns those that are as they should be now, which leaves out what somebody has just deleted
   */
  async setActive(tx: Transaction, actor: Actor, ids: string[], isActive: boolean): Promise<ApiKey[]> {
    const keys = await lockLive(tx, ids);
    if (keys.length === 0) return keys;
    const changes = { isActive, updatedAt: this.clock.now(), version: () => 'version + 1' };
    await tx.manager.update(ApiKey, { id: In(keys.map(({ id }) => id)) }, changes);
    for (const key of keys)
      await this.publishChange(tx, actor, Object.assign(key, { isActive, version: key.version + 1 }), ['isActive']);
    return keys;
  }

  private publishChange(tx: Transaction, actor: Actor, key: ApiKey, fields: string[]): Promise<void> {
    const { publicId, previousPublicId, surface, isActive, level, scopes } = key;
    return tx.publish({
      ...aboutKey(key),
      name: 'api_key.updated',
      actor,
      details: { publicId, previousPublicId, surface, fields, isActive, level, scopes },
    });
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
}

/** The key, while it isn't deleted and has one of these versions. */
const standing = (id: string, versions: Versions): FindOptionsWhere<ApiKey> => ({
  id,
  deletedAt: IsNull(),
  ...(versions && { version: In([...versions]) }),
});
