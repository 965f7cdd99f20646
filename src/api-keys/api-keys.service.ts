import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { Account, STATUS } from '../accounts/account.entity.js';
import { lockRows } from '../database.js';
import type { Actor } from '../domain/actor.js';
import { Clock } from '../domain/clock.js';
import { DomainError } from '../domain/domain-error.js';
import type { DomainEvent } from '../domain/domain-event.js';
import type { Transaction } from '../domain/transactions.js';
import { ApiKey } from './api-key.entity.js';
import { lastFourOf, type Credential } from './credential.js';
import { LastUse } from './last-use.js';
import { SecretHasher } from './secret-hasher.js';

/** What a surface says about a key it makes; the rest is the same for all of them. */
export type KeyDraft = Pick<ApiKey, 'surface' | 'merchantId' | 'accountId' | 'environment' | 'name' | 'level'> &
  Partial<Pick<ApiKey, 'id' | 'applicationId' | 'serviceId' | 'encryptedSecret' | 'expiresAt'>> &
  Partial<KeyLimits>;

/** What a key is limited to beside its level. */
export type KeyLimits = Pick<ApiKey, 'rateLimit' | 'rateWindowSeconds' | 'quotaLimit' | 'quotaPeriod' | 'allowedIps'>;

/** What can be changed about a key. */
export type KeyChanges = Partial<KeyLimits & Pick<ApiKey, 'name' | 'isActive' | 'expiresAt'>>;

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

  /** Stores a new key; of its secret only the keyed hash. */
  async issue(tx: Transaction, actor: Actor, credential: Credential, draft: KeyDraft): Promise<ApiKey> {
    const now = this.clock.now();
    const key = tx.manager.create(ApiKey, {
      id: randomUUID(),
      applicationId: null,
      serviceId: null,
      encryptedSecret: null,
      expiresAt: null,
      scopes: null,
      rateLimit: null,
      rateWindowSeconds: null,
      quotaLimit: null,
      quotaPeriod: null,
      allowedIps: null,
      ...draft,
      ...this.hasher.hash(credential.secret),
      publicId: credential.publicId,
      lastFour: lastFourOf(credential),
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
        applicationId: key.applicationId,
        serviceId: key.serviceId,
        expiresAt: key.expiresAt?.toISOString() ?? null,
      },
    });
    return key;
  }

  /** @throws {DomainError} `api_key.not_found` when somebody has just deleted it */
  async change(tx: Transaction, actor: Actor, { id }: ApiKey, changes: KeyChanges): Promise<ApiKey> {
    const { affected } = await tx.manager.update(
      ApiKey,
      { id, deletedAt: IsNull() },
      { ...changes, updatedAt: this.clock.now() },
    );
    if (affected !== 1) throw new DomainError('api_key.not_found');
    const key = await tx.manager.findOneByOrFail(ApiKey, { id });
    await this.publishChange(tx, actor, key, Object.keys(changes));
    return key;
  }

  /**
   * Enables or disables keys; nothing happens to those that already are.
   *
   * @returns those that are as they should be now, which leaves out what somebody has just deleted
   */
  async setActive(tx: Transaction, actor: Actor, ids: string[], isActive: boolean): Promise<ApiKey[]> {
    const keys = await this.lockLive(tx, ids);
    const others = keys.filter((key) => key.isActive !== isActive);
    if (others.length > 0) {
      const changes = { isActive, updatedAt: this.clock.now() };
      await tx.manager.update(ApiKey, { id: In(others.map(({ id }) => id)) }, changes);
      for (const key of others) await this.publishChange(tx, actor, Object.assign(key, changes), ['isActive']);
    }
    return keys;
  }

  /**
   * Retires a key for good: its secret is destroyed, a tombstone and the audit record stay, the merchant's team is told.
   *
   * @returns when; `null` when somebody else was faster
   */
  async retire(tx: Transaction, actor: Actor, { id }: ApiKey, reason: RetirementReason): Promise<Date | null> {
    const [retired] = await this.retireMany(tx, actor, [id], reason);
    return retired?.deletedAt ?? null;
  }

  /**
   * Retires keys for good, as {@link retire} does; of several of one merchant, its team is told in one piece.
   *
   * @returns those that nobody else was faster with
   */
  async retireMany(tx: Transaction, actor: Actor, ids: string[], reason: RetirementReason): Promise<ApiKey[]> {
    const uses = this.lastUse.pendingOf(ids);
    const keys = await this.lockLive(tx, ids);
    if (keys.length === 0) return [];
    const deletedAt = this.clock.now();
    const end = {
      deletedAt,
      updatedAt: deletedAt,
      isActive: false,
      secretHash: null,
      pepperId: null,
      encryptedSecret: null,
    };
    await tx.manager.update(ApiKey, { id: In(keys.map(({ id }) => id)) }, end);
    for (const key of keys) {
      const lastUsedAt = (uses.get(key.id) ?? key.lastUsedAt)?.toISOString() ?? null;
      const { publicId, surface, name, level } = key;
      const details = { publicId, surface, name, level, reason, lastUsedAt };
      await tx.publish({ ...about(key), name: 'api_key.deleted', actor, details });
    }
    for (const id of new Set(keys.map(({ merchantId }) => merchantId))) {
      const keysOfOne = keys.filter(({ merchantId }) => merchantId === id);
      await this.tellTeam(tx, actor, keysOfOne);
    }
    return keys.map((key) => Object.assign(key, end));
  }

  private async lockLive(tx: Transaction, ids: string[]): Promise<ApiKey[]> {
    return (await lockRows(tx.manager, ApiKey, ids)).filter(({ deletedAt }) => deletedAt === null);
  }

  private publishChange(tx: Transaction, actor: Actor, key: ApiKey, fields: string[]): Promise<void> {
    const { publicId, surface, isActive } = key;
    return tx.publish({
      ...about(key),
      name: 'api_key.updated',
      actor,
      details: { publicId, surface, fields, isActive },
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

  private async teamOf(tx: Transaction, merchantId: string): Promise<number[]> {
    const team = await tx.manager.find(Account, { select: { id: true }, where: { merchantId, status: STATUS.active } });
    return team.map(({ id }) => id);
  }
}

const about = ({ id, merchantId }: ApiKey): Pick<DomainEvent, 'merchantId' | 'targetType' | 'targetId'> => ({
  merchantId,
  targetType: 'api_key',
  targetId: id,
});
