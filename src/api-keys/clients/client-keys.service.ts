import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThanOrEqual, type FindOptionsWhere, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { assertOwnTenant } from '../../access/tenant-access.js';
import { Config } from '../../platform/config/config.js';
import { Clock, secondsAfter } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { sliceOf } from '../../platform/http/paging/page.dto.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { ApiKey } from '../api-key.entity.js';
import { ApiKeysService, type KeyDraft } from '../api-keys.service.js';
import { ClientKeyLimit } from './client-key-limit.js';
import { issueClientPair } from '../credentials/credential.js';
import { KeyRevocation } from '../key-revocation.js';
import { unexpired } from '../usable-keys.js';
import { defaultLevel } from '../permissions/default-level.js';
import { holdEffectivePermissions } from '../permissions/effective-permissions.js';
import { SecretCipher } from '../../platform/secrets/secret-cipher.js';

export interface ListedKey {
  key: ApiKey;
  /** `null` if the caller may not see it. */
  secret: string | null;
  isActive: boolean;
}

/** Selects some of a client's keys. */
export interface ClientKeysQuery {
  page?: number;
  /** Keys per page; without page and limit, all keys are on one page. */
  limit?: number;
  status?: 'active' | 'inactive';
}

/** Keys per page, if the query has a page but no limit. */
const DEFAULT_LIMIT = 20;

/** Returns the requested page; `null` means all keys. */
export function resolvePage({ page, limit }: ClientKeysQuery): { page: number; limit: number } | null {
  return page === undefined && limit === undefined ? null : { page: page ?? 1, limit: limit ?? DEFAULT_LIMIT };
}

export interface DeletedKey {
  id: string;
  deletedAt: Date;
}

export interface FailedDeletion {
  id: string;
  error: DomainError;
}

/** Manages the keys of the clients surface. They belong to the client, and their secrets can be listed. */
@Injectable()
export class ClientKeysService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly apiKeys: ApiKeysService,
    private readonly revocation: KeyRevocation,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly limit: ClientKeyLimit,
    private readonly transactions: Transactions,
  ) {}

  /** Creates a key for the caller's client. Concurrent calls can't exceed the limit together. */
  create(caller: Caller, serviceId: string, expiresInSeconds?: number): Promise<ApiKey> {
    const credential = issueClientPair();
    const id = randomUUID();
    const createdAt = this.clock.now();
    const draft: KeyDraft = {
      id,
      surface: 'clients',
      merchantId: caller.merchantId,
      accountId: caller.accountId,
      serviceId,
      environment: 'live',
      name: 'Client key',
      createdAt,
      ...(expiresInSeconds !== undefined && { expiresAt: secondsAfter(createdAt, expiresInSeconds) }),
      level: defaultLevel(caller),
      encryptedSecret: this.cipher.encrypt(credential.secret, id),
    };
    return this.apiKeys.issue({ actor: caller, credential, draft }, 'client', async (tx, requests) => {
      if ((await this.limit.remaining(tx, caller.merchantId)) < requests.length)
        throw new DomainError('api_key.limit_reached');
      return holdEffectivePermissions(tx, caller);
    });
  }

  /** Returns the keys of the caller's client, oldest first, and their total number. */
  async list(caller: Caller, { status, ...query }: ClientKeysQuery): Promise<[ListedKey[], number]> {
    const now = this.clock.now();
    const requested = resolvePage(query);
    const [keys, count] = await this.keys.findAndCount({
      where: this.buildWhere(caller.merchantId, now, status),
      order: { createdAt: 'ASC', id: 'ASC' },
      ...(requested && sliceOf(requested)),
    });
    return [keys.map((key) => this.present(caller, key, now)), count];
  }

  /**
   * Deletes a key permanently.
   *
   * @throws {DomainError} `api_key.not_found`, or `access.other_owner` for another client's key
   */
  delete(caller: Caller, id: string): Promise<DeletedKey> {
    return this.transactions.run((tx) => this.deleteOne(tx, caller, id));
  }

  /** Deletes those keys that can be deleted, and returns why the others can't be. Both lists are in the order of the request. */
  async deleteMany(caller: Caller, ids: string[]): Promise<{ deleted: DeletedKey[]; failed: FailedDeletion[] }> {
    const uniqueIds = [...new Set(ids.map((id) => id.toLowerCase()))];
    return this.transactions.run(async (tx) => {
      const results = new Map<string, DeletedKey | FailedDeletion>();
      // Every call deletes in the same order, so that two calls with the same keys don't deadlock.
      for (const id of uniqueIds.toSorted()) {
        try {
          results.set(id, await this.deleteOne(tx, caller, id));
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          results.set(id, { id, error });
        }
      }
      const inOrder = uniqueIds.flatMap((id) => results.get(id) ?? []);
      return {
        deleted: inOrder.filter((result) => 'deletedAt' in result),
        failed: inOrder.filter((result) => 'error' in result),
      };
    });
  }

  private async deleteOne(tx: Transaction, caller: Caller, id: string): Promise<DeletedKey> {
    const key = await tx.manager.findOneBy(ApiKey, { id, surface: 'clients', deletedAt: IsNull() });
    if (!key) throw new DomainError('api_key.not_found');
    assertOwnTenant(caller, key.merchantId);
    const deletedAt = await this.revocation.revoke(tx, caller, key, 'deleted');
    if (!deletedAt) throw new DomainError('api_key.not_found');
    return { id, deletedAt };
  }

  private buildWhere(merchantId: string, now: Date, status?: 'active' | 'inactive'): FindOptionsWhere<ApiKey>[] {
    const all: FindOptionsWhere<ApiKey> = { merchantId, surface: 'clients', deletedAt: IsNull() };
    if (status === 'active') return unexpired({ ...all, isActive: true }, now);
    if (status === 'inactive') {
      return [
        { ...all, isActive: false },
        { ...all, expiresAt: LessThanOrEqual(now) },
      ];
    }
    return [all];
  }

  /** Shows the secret unless the key's level exceeds the caller's: a caller never reads a credential that is stronger than its own. */
  private present(caller: Caller, key: ApiKey, now: Date): ListedKey {
    const mayRead = this.config.REVEAL_CLIENT_SECRETS && caller.level >= key.level && key.encryptedSecret !== null;
    return {
      key,
      secret: mayRead ? this.cipher.decrypt(key.encryptedSecret ?? '', key.id) : null,
      isActive: key.isActive && (key.expiresAt === null || key.expiresAt > now),
    };
  }
}
