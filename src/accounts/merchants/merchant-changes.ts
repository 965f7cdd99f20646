import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { ROLE_NAMES, ROLES } from '../../access/levels.js';
import { grantsAll } from '../../access/scopes.js';
import type { Actor } from '../../platform/events/actor.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
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
import type { UpdateMerchantBody } from './merchants.dto.js';
import { merchantTarget } from './merchants.service.js';

/** Blocks and unblocks merchants, and changes what they were given. */
@Injectable()
export class MerchantChanges {
  constructor(
    private readonly clock: Clock,
    private readonly keys: TenantKeys,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Changes a merchant's status or scopes. All its keys depend on both, so none of them may be stronger than the caller.
   *
   * @throws {DomainError} `merchant.not_found`; `merchant.own` when the caller would block its own merchant; `access.level_lacking` when a member is
   *   above the caller; `access.stronger_key` when a key is
   */
  async update(caller: Caller, id: string, { status, scopes }: UpdateMerchantBody): Promise<Merchant> {
    if (id === caller.merchantId && status === 'blocked') throw new DomainError('merchant.own');
    return this.transactions.run(async (tx) => {
      const merchant = await lock(tx, id);
      await assertNoMemberAbove(tx, caller, id);
      const given = scopes === undefined ? merchant.scopes : readMerchantScopes(scopes ?? [EVERY_SCOPE]);
      const isStatusKept = status === undefined || status === merchant.status;
      if (!isDeepStrictEqual(given, merchant.scopes))
        await this.keys.assertNoneStronger(tx, caller, { merchantId: id }, 'all');
      else if (!isStatusKept) await this.keys.assertNoneStronger(tx, caller, { merchantId: id }, 'usable');
      // What is repeated is published again, so that its caller, too, is answered only once every instance has applied it.
      if (scopes !== undefined) await this.writeScopes(tx, caller, merchant, given);
      if (status !== undefined) await this.writeStatus(tx, caller, merchant, status);
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
   * @throws {DomainError} `merchant.not_found`
   */
  async unblock(tx: Transaction, actor: Actor, id: string): Promise<void> {
    await this.writeStatus(tx, actor, await lock(tx, id), 'active');
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
      invalidates: [{ kind: 'merchant', id, revokes: status === 'blocked' ? 'permissions' : 'nothing' }],
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
