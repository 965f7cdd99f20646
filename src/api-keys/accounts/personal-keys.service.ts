import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, type Repository } from 'typeorm';
import { LEVELS } from '../../access/levels.js';
import type { Caller } from '../../access/caller.js';
import { Account } from '../../accounts/account.entity.js';
import { readRow } from '../../platform/database/rows.js';
import { Clock, secondsAfter } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { Transaction } from '../../platform/database/transactions/transaction.js';
import { ApiKey } from '../api-key.entity.js';
import { ApiKeysService, type KeyDraft } from '../api-keys.service.js';
import type { IssuedKey } from '../issued-key.js';
import { KeyRevocation } from '../key-revocation.js';
import { issuePersonalPair } from '../credentials/credential.js';
import { holdEffectivePermissions } from '../permissions/effective-permissions.js';
import { OnDomainEvent } from '../../platform/events/listening.js';

export interface NewPersonalKey {
  name: string;
  level: number;
  expiresIn: number;
}

/** Manages the keys of the accounts surface. They are personal, and are revoked when their owner's level falls below theirs. */
@Injectable()
export class PersonalKeysService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly apiKeys: ApiKeysService,
    private readonly revocation: KeyRevocation,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Creates a key for the caller, whose current level bounds the key's.
   *
   * @throws {DomainError} `api_key.level_too_high`
   */
  async create(caller: Caller, { name, level, expiresIn }: NewPersonalKey): Promise<IssuedKey> {
    const credential = issuePersonalPair();
    const createdAt = this.clock.now();
    const draft: KeyDraft = {
      id: credential.publicId,
      surface: 'accounts',
      merchantId: caller.merchantId,
      accountId: caller.accountId,
      environment: 'live',
      name,
      level,
      createdAt,
      expiresAt: secondsAfter(createdAt, expiresIn),
    };
    const key = await this.apiKeys.issue({ actor: caller, credential, draft }, 'personal', (tx) =>
      holdEffectivePermissions(tx, caller),
    );
    return { key, credential };
  }

  list(caller: Caller): Promise<ApiKey[]> {
    return this.keys.find({
      where: { accountId: caller.accountId, surface: 'accounts', deletedAt: IsNull() },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  /** Returns the key that authenticates the caller. */
  async inUse(caller: Caller): Promise<ApiKey> {
    const key = caller.keyId === null ? null : await readRow(this.keys.manager, ApiKey, caller.keyId);
    if (!key) throw new DomainError('credential.invalid');
    return key;
  }

  /** @throws {DomainError} `api_key.not_found`, or `access.other_owner` for another account's key unless the caller has level 8 */
  async find(caller: Caller, id: string): Promise<ApiKey> {
    const key = await this.keys.findOneBy({ id, surface: 'accounts', deletedAt: IsNull() });
    if (!key) throw new DomainError('api_key.not_found');
    if (key.accountId !== caller.accountId && caller.level < LEVELS.everything)
      throw new DomainError('access.other_owner');
    return key;
  }

  /** @throws {DomainError} as {@link find} */
  async delete(caller: Caller, id: string): Promise<void> {
    const key = await this.find(caller, id);
    const deletedAt = await this.transactions.run((tx) => this.revocation.revoke(tx, caller, key, 'deleted'));
    if (!deletedAt) throw new DomainError('api_key.not_found');
  }

  /** Revokes an account's keys above its new level, in the transaction that changes the level. */
  @OnDomainEvent('account.power_changed')
  async revokeAbove({ actor, targetId }: DomainEvent, tx: Transaction): Promise<void> {
    const owner = await tx.manager.findOneByOrFail(Account, { uuid: targetId });
    const keys = await tx.manager.findBy(ApiKey, {
      accountId: owner.id,
      surface: 'accounts',
      level: MoreThan(owner.maxKeyLevel ?? -1),
      deletedAt: IsNull(),
    });
    for (const key of keys) await this.revocation.revoke(tx, actor, key, 'owner_lost_power');
  }
}
