import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { In, IsNull, type FindOptionsWhere } from 'typeorm';
import { Account, STATUS } from '../accounts/account.entity.js';
import { insertRows, lockRows } from '../database.js';
import type { Actor } from '../domain/actor.js';
import { Clock } from '../domain/clock.js';
import { DomainError } from '../domain/domain-error.js';
import type { DomainEvent } from '../domain/domain-event.js';
import type { Transaction } from '../domain/transactions.js';
import { ApiKey } from './api-key.entity.js';
import { lastFourOf, type Credential } from './credential.js';
import { LastUse } from './last-use.js';
import { powerOf, requireGiver } from './power.js';
import { grantsAll } from './scopes.js';
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

/** What a deleted key has none of. */
const NO_SECRETS = {
  secretHash: null,
  pepperId: null,
  encryptedSecret: null,
  previousSecretHash: null,
  previousPepperId: null,
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
      lastFour: lastFourOf(credential),
      isActive: true,
      createdAt: now,
      updatedAt: now,
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
    const keys = await this.lockLive(tx, ids);
    if (keys.length === 0) return keys;
    const changes = { isActive, updatedAt: this.clock.now(), version: () => 'version + 1' };
    await tx.manager.update(ApiKey, { id: In(keys.map(({ id }) => id)) }, changes);
    for (const key of keys)
      await this.publishChange(tx, actor, Object.assign(key, { isActive, version: key.version + 1 }), ['isActive']);
    return keys;
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
    const [key] = await this.lockLive(tx, [id]);
    if (key && versions?.includes(key.version) === false) throw new DomainError('precondition.failed');
    const [retired] = await this.end(tx, actor, key ? [key] : [], reason);
    return retired?.deletedAt ?? null;
  }

  /**
   * Retires keys for good, as {@link retire} does; of several of one merchant, its team is told in one piece.
   *
   * @returns those that nobody else was faster with
   */
  async retireMany(tx: Transaction, actor: Actor, ids: string[], reason: RetirementReason): Promise<ApiKey[]> {
    return this.end(tx, actor, await this.lockLive(tx, ids), reason);
  }

  private async end(tx: Transaction, actor: Actor, keys: ApiKey[], reason: RetirementReason): Promise<ApiKey[]> {
    if (keys.length === 0) return [];
    const deletedAt = this.clock.now();
    const end = { ...NO_SECRETS, deletedAt, updatedAt: deletedAt, isActive: false };
    await tx.manager.update(ApiKey, { id: In(keys.map(({ id }) => id)) }, end);
    for (const key of keys) {
      const { publicId, previousPublicId, surface, name, level } = key;
      const lastUsedAt = this.lastUse.of(key)?.toISOString() ?? null;
      const details = { publicId, previousPublicId, surface, name, level, reason, lastUsedAt };
      await tx.publish({ ...about(key), name: 'api_key.deleted', actor, details });
    }
    for (const merchantId of new Set(keys.map((key) => key.merchantId)))
      await this.tellTeam(
        tx,
        actor,
        keys.filter((key) => key.merchantId === merchantId),
      );
    return keys.map((key) => Object.assign(key, end));
  }

  private async lockLive(tx: Transaction, ids: string[]): Promise<ApiKey[]> {
    return (await lockRows(tx.manager, ApiKey, ids)).filter(({ deletedAt }) => deletedAt === null);
  }

  private publishChange(tx: Transaction, actor: Actor, key: ApiKey, fields: string[]): Promise<void> {
    const { publicId, previousPublicId, surface, isActive, level, scopes } = key;
    return tx.publish({
      ...about(key),
      name: 'api_key.updated',
      actor,
      details: { publicId, previousPublicId, surface, fields, isActive, level, scopes },
    });
  }

  /** Tells the team of a merchant that it has lost keys. */
  private async tellTeam(tx: Transaction, actor: Actor, keys: ApiKey[]): Promise<void> {
    const [key, ...others] = keys;
    if (!key) return;
    const accountIds = await this.teamOf(tx, key.merchantId);
    const event = { name: 'api_key.team_notified', actor } as const;
    const subject = 'api_key.deleted';
    if (others.length === 0)
      await tx.publish({ ...about(key), ...event, details: { subject, name: key.name, accountIds } });
    else {
      const { merchantId } = key;
      const target = { merchantId, targetType: 'merchant', targetId: merchantId };
      await tx.publish({ ...target, ...event, details: { subject, count: keys.length, accountIds } });
    }
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

const about = ({ id, merchantId }: ApiKey): Pick<DomainEvent, 'merchantId' | 'targetType' | 'targetId'> => ({
  merchantId,
  targetType: 'api_key',
  targetId: id,
});
