import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { ApiKeysService, type KeyChanges, type KeyLimits } from '../api-keys/api-keys.service.js';
import { issueFullKey, type Credential } from '../api-keys/credential.js';
import { Clock } from '../domain/clock.js';
import { DomainError } from '../domain/domain-error.js';
import { Transactions } from '../domain/transactions.js';
import type { Application } from '../applications/application.entity.js';
import type { CreateApplicationKeyBody, KeyLimitsBody, UpdateApplicationKeyBody } from './application-keys.dto.js';
import { lock } from '../applications/applications.service.js';
import { stateOf, type StatedKey } from './key-status.js';

/** Keys of the merchants surface: they belong to the merchant and are good for one application. */
@Injectable()
export class ApplicationKeysService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly apiKeys: ApiKeysService,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  create(
    caller: Caller,
    { id, merchantId, environment }: Application,
    { description, ...limits }: CreateApplicationKeyBody,
  ): Promise<{ key: ApiKey; credential: Credential }> {
    const credential = issueFullKey(environment);
    return this.transactions.run(async (tx) => {
      await lock(tx, id);
      const key = await this.apiKeys.issue(tx, caller, credential, {
        surface: 'merchants',
        merchantId,
        accountId: caller.accountId,
        applicationId: id,
        environment,
        name: description,
        level: Math.min(LEVELS.writeOwn, caller.level),
        ...limitsOf(limits),
      });
      return { key, credential };
    });
  }

  /** @throws {DomainError} `api_key.not_found` */
  async find(application: Application, id: string): Promise<StatedKey> {
    const key = await this.keys.findOneBy({ id, applicationId: application.id, deletedAt: IsNull() });
    if (!key) throw new DomainError('api_key.not_found');
    return this.state(key);
  }

  /** @throws {DomainError} `api_key.not_found` */
  async update(
    caller: Caller,
    application: Application,
    id: string,
    { description, isEnabled, expiresAt, ...limits }: UpdateApplicationKeyBody,
  ): Promise<StatedKey> {
    const { key } = await this.find(application, id);
    const changes: KeyChanges = {
      ...(description !== undefined && { name: description }),
      ...(isEnabled !== undefined && { isActive: isEnabled }),
      ...(expiresAt !== undefined && { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
      ...limitsOf(limits),
    };
    if (Object.keys(changes).length === 0) return this.state(key);
    return this.state(await this.transactions.run((tx) => this.apiKeys.change(tx, caller, key, changes)));
  }

  /** @throws {DomainError} `api_key.not_found` */
  async delete(caller: Caller, application: Application, id: string): Promise<void> {
    const { key } = await this.find(application, id);
    const deletedAt = await this.transactions.run((tx) => this.apiKeys.retire(tx, caller, key, 'deleted'));
    if (!deletedAt) throw new DomainError('api_key.not_found');
  }

  private state(key: ApiKey): StatedKey {
    return stateOf(key, this.clock.now());
  }
}

/** The columns that hold what was said about limits; what wasn't said stays as it is. */
function limitsOf({ rateLimit, quota, allowedIps }: KeyLimitsBody): Partial<KeyLimits> {
  return {
    ...(rateLimit !== undefined && {
      rateLimit: rateLimit?.limit ?? null,
      rateWindowSeconds: rateLimit?.windowSeconds ?? null,
    }),
    ...(quota !== undefined && { quotaLimit: quota?.limit ?? null, quotaPeriod: quota?.period ?? null }),
    ...(allowedIps !== undefined && { allowedIps }),
  };
}
