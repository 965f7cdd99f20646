import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { ROLE_NAMES, ROLES } from '../../access/levels.js';
import { grantsAll } from '../../access/scopes.js';
import type { Actor } from '../../platform/events/actor.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { EVERY_SCOPE } from '../../platform/validation/scope.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { Account } from '../account.entity.js';
import { Merchant, type MerchantStatus } from '../merchant.entity.js';
import { TenantKeys } from '../tenant-keys.js';
import { readMerchantScopes } from './merchant-scopes.js';
import type { DescribeMerchantBody, UpdateMerchantBody } from './merchants.dto.js';
import { merchantTarget } from './merchants.service.js';

/** What a status takes away from a merchant's keys. */
const REVOKED_BY = { active: 'nothing', blocked: 'permissions', deleting: 'everything' } as const;

/** Blocks and unblocks merchants, and changes what they were given. */
@Injectable()
export class MerchantChanges {
  constructor(
    private readonly clock: Clock,
    private readonly keys: TenantKeys,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Changes a merchant's name, details, status or scopes. None of its keys may be stronger than the caller.
   *
   * @throws {DomainError} `merchant.not_found`; `merchant.own` when the caller would block its own merchant; `merchant.deleting`; `access.level_lacking` when a member is
   *   above the caller; `access.stronger_key` when a key is
   */
  async update(caller: Caller, id: string, { status, scopes, ...description }: UpdateMerchantBody): Promise<Merchant> {
    if (id === caller.merchantId && status === 'blocked') throw new DomainError('merchant.own');
    return this.transactions.run(async (tx) => {
      const merchant = await lock(tx, id);
      if (merchant.status === 'deleting') throw new DomainError('merchant.deleting');
      await assertNoMemberAbove(tx, caller, id);
      const given = scopes === undefined ? merchant.scopes : readMerchantScopes(scopes ?? [EVERY_SCOPE]);
      const isStatusKept = status === undefined || status === merchant.status;
      if (!isDeepStrictEqual(given, merchant.scopes))
        await this.keys.assertNoneStronger(tx, caller, { merchantId: id }, 'all');
      else if (!isStatusKept || Object.keys(description).length > 0)
        await this.keys.assertNoneStronger(tx, caller, { merchantId: id }, 'usable');
      await this.writeDescription(tx, caller, merchant, description);
      // What is repeated is published again, so that its caller, too, is answered only once every instance has applied it.
      if (scopes !== undefined) await this.writeScopes(tx, caller, merchant, given);
      if (status !== undefined) await this.writeStatus(tx, caller, merchant, status);
      return tx.manager.findOneByOrFail(Merchant, { id });
    });
  }

  /** Changes the name and the details of the caller's own merchant. */
  describe(caller: Caller, description: DescribeMerchantBody): Promise<Merchant> {
    const id = caller.merchantId;
    return this.transactions.run(async (tx) => {
      await this.writeDescription(tx, caller, await lock(tx, id), description);
      return tx.manager.findOneByOrFail(Merchant, { id });
    });
  }

  /**
   * Blocks a merchant, whoever its members are.
   *
   * @throws {DomainError} `merchant.not_found`
   */
  async block(tx: Transaction, actor: Actor, id: string): Promise<void> {
    await this.writeStatus(tx, actor, await lock(tx, id), 'blocked');
  }

  /**
   * Unblocks a merchant on behalf of the operator, whatever its members and keys may do.
   *
   * @throws {DomainError} `merchant.not_found`, `merchant.deleting`
   */
  async unblock(tx: Transaction, actor: Actor, id: string): Promise<void> {
    const merchant = await lock(tx, id);
    if (merchant.status === 'deleting') throw new DomainError('merchant.deleting');
    await this.writeStatus(tx, actor, merchant, 'active');
  }

  /**
   * Begins to delete a merchant, for good: none of its keys and tokens is accepted from then on. Its rows are deleted afterwards.
   *
   * @throws {DomainError} `merchant.not_found`
   */
  async startDeletion(tx: Transaction, actor: Actor, id: string): Promise<void> {
    await this.writeStatus(tx, actor, await lock(tx, id), 'deleting');
  }

  private async writeStatus(tx: Transaction, actor: Actor, merchant: Merchant, status: MerchantStatus): Promise<void> {
    const { id } = merchant;
    await tx.manager.update(Merchant, { id }, { status, updatedAt: this.clock.now() });
    await tx.publish({
      ...merchantTarget(merchant),
      name: 'merchant.updated',
      actor,
      details: {
        status,
        statusBefore: merchant.status,
        changes: changesBetween(merchant, { ...merchant, status }, ['status']),
      },
      invalidates: [{ kind: 'merchant', id, revokes: REVOKED_BY[status] }],
    });
  }

  private async writeDescription(
    tx: Transaction,
    actor: Actor,
    merchant: Merchant,
    { name = merchant.name, details = {} }: DescribeMerchantBody,
  ): Promise<void> {
    const { id } = merchant;
    const given = Object.entries(details).filter(([, value]) => value !== undefined);
    const described: Record<string, string | null | undefined> = { ...merchant.details, ...Object.fromEntries(given) };
    const after = { name: name.trim(), details: Object.fromEntries(Object.entries(described).filter(isGiven)) };
    const fields = [
      ...(after.name === merchant.name ? [] : ['name']),
      ...Object.keys(described).filter((detail) => after.details[detail] !== merchant.details[detail]),
    ];
    if (fields.length === 0) return;
    await tx.manager.update(Merchant, { id }, { ...after, updatedAt: this.clock.now() });
    await tx.publish({
      ...merchantTarget(merchant),
      name: 'merchant.updated',
      actor,
      details: { fields, changes: changesBetween(merchant, { ...merchant, ...after }, ['name']) },
      invalidates: NOTHING,
    });
  }

  private async writeScopes(
    tx: Transaction,
    actor: Actor,
    merchant: Merchant,
    scopes: Merchant['scopes'],
  ): Promise<void> {
    const { id } = merchant;
    await tx.manager.update(Merchant, { id }, { scopes, updatedAt: this.clock.now() });
    const isNarrowed = !grantsAll(scopes, merchant.scopes);
    await tx.publish({
      ...merchantTarget(merchant),
      name: 'merchant.updated',
      actor,
      details: { scopes, changes: changesBetween(merchant, { ...merchant, scopes }, ['scopes']) },
      invalidates: [{ kind: 'merchant', id, revokes: isNarrowed ? 'permissions' : 'nothing' }],
    });
  }
}

/** @throws {DomainError} `merchant.not_found` */
async function lock({ manager }: Transaction, id: string): Promise<Merchant> {
  const merchant = await lockRow(manager, Merchant, id);
  if (!merchant) throw new DomainError('merchant.not_found');
  return merchant;
}

/** @throws {DomainError} `access.level_lacking` */
async function assertNoMemberAbove({ manager }: Transaction, { level }: Caller, merchantId: string): Promise<void> {
  const rolesAbove = ROLE_NAMES.filter((role) => ROLES[role] > level);
  const isAbove = await manager.existsBy(Account, { merchantId, role: In(rolesAbove), deletedAt: IsNull() });
  if (isAbove) throw new DomainError('access.level_lacking');
}

const isGiven = (entry: [string, string | null | undefined]): entry is [string, string] => typeof entry[1] === 'string';
