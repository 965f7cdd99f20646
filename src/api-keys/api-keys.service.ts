import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Account, STATUS } from '../accounts/account.entity.js';
import type { Actor } from '../domain/actor.js';
import { Clock } from '../domain/clock.js';
import { DomainError } from '../domain/domain-error.js';
import type { Transaction } from '../domain/transactions.js';
import { ApiKey } from './api-key.entity.js';
import type { Credential } from './credential.js';
import { LastUse } from './last-use.js';
import { SecretHasher } from './secret-hasher.js';

/** What a surface says about a key it makes; the rest is the same for all of them. */
export type KeyDraft = Pick<ApiKey, 'surface' | 'merchantId' | 'accountId' | 'environment' | 'name' | 'level'> &
  Partial<Pick<ApiKey, 'id' | 'applicationId' | 'serviceId' | 'encryptedSecret' | 'expiresAt'>> &
  Partial<KeyLimits>;

/** What a key is limited to beside its level. */
export type KeyLimits = Pick<ApiKey, 'rateLimit' | 'rateWindowSeconds' | 'quotaLimit' | 'quotaPeriod' | 'allowedIps'>;

/** What can be changed about a key. */
export type KeyChanges = Partial<KeyLimits & Pick<ApiKey, 'name' | 'isActive' | 'expiresAt' | 'responsibleAccountId'>>;

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
      responsibleAccountId: null,
      applicationId: null,
      serviceId: null,
      encryptedSecret: null,
      importedPrefix: null,
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
    await tx.publish({
      name: 'api_key.updated',
      actor,
      merchantId: key.merchantId,
      targetType: 'api_key',
      targetId: key.id,
      details: { publicId: key.publicId, surface: key.surface, fields: Object.keys(changes), isActive: key.isActive },
    });
    return key;
  }

  /**
   * Retires a key for good: its secret is destroyed, a tombstone and the audit record stay, the merchant's team is told.
   *
   * @returns when; `null` when somebody else was faster
   */
  async retire(tx: Transaction, actor: Actor, key: ApiKey, reason: RetirementReason): Promise<Date | null> {
    const deletedAt = this.clock.now();
    const { affected } = await tx.manager.update(
      ApiKey,
      { id: key.id, deletedAt: IsNull() },
      { deletedAt, updatedAt: deletedAt, isActive: false, secretHash: null, pepperId: null, encryptedSecret: null },
    );
    if (affected !== 1) return null;

    const event = { actor, merchantId: key.merchantId, targetType: 'api_key', targetId: key.id };
    const lastUsedAt = (await this.lastUse.of(tx, key.id))?.toISOString() ?? null;
    await tx.publish({
      ...event,
      name: 'api_key.deleted',
      details: { publicId: key.publicId, surface: key.surface, name: key.name, level: key.level, reason, lastUsedAt },
    });
    await tx.publish({
      ...event,
      name: 'api_key.team_notified',
      details: { subject: 'api_key.deleted', name: key.name, accountIds: await this.teamOf(tx, key.merchantId) },
    });
    return deletedAt;
  }

  private async teamOf(tx: Transaction, merchantId: string): Promise<number[]> {
    const team = await tx.manager.find(Account, { select: { id: true }, where: { merchantId, status: STATUS.active } });
    return team.map(({ id }) => id);
  }
}
