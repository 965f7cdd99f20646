import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { In, IsNull, type DataSource } from 'typeorm';
import { LEVELS, ROLE_NAMES, ROLES } from '../access/levels.js';
import { Account } from '../accounts/account.entity.js';
import { Merchant } from '../accounts/merchant.entity.js';
import { MerchantChanges } from '../accounts/merchants/merchant-changes.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { Application } from '../applications/application.entity.js';
import { lockRow } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import { WebhookEndpoint } from '../webhooks/webhook-endpoint.entity.js';
import type { MerchantDeletionView } from './merchant-deletion.dto.js';

/** The roles that the operator gives to its own staff. */
const STAFF = ROLE_NAMES.filter((role) => ROLES[role] > LEVELS.writeOwn);

/** Begins the deletion of merchants. */
@Injectable()
export class MerchantDeletion {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly changes: MerchantChanges,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Counts what belongs to a merchant and, unless it is a dry run, has no instance accept its keys and tokens from then on. The rows are deleted by
   * a job. It can be repeated.
   *
   * @throws {DomainError} `merchant.not_found`; `merchant.own` for the actor's own; `merchant.operators`
   */
  async delete(actor: Actor & { merchantId?: string }, id: string, dryRun: boolean): Promise<MerchantDeletionView> {
    if (id === actor.merchantId) throw new DomainError('merchant.own');
    const counted = await this.count(id, dryRun);
    await this.transactions.run(async (tx) => {
      await lockMerchant(tx, id);
      await assertNoStaff(tx, id);
      if (!dryRun) await this.changes.startDeletion(tx, actor, id);
    });
    return counted;
  }

  private async count(merchantId: string, dryRun: boolean): Promise<MerchantDeletionView> {
    const { manager } = this.source;
    const merchant = await manager.findOneBy(Merchant, { id: merchantId });
    if (!merchant) throw new DomainError('merchant.not_found');
    return {
      id: merchantId,
      name: merchant.name,
      dryRun,
      keys: await manager.countBy(ApiKey, { merchantId, deletedAt: IsNull() }),
      applications: await manager.countBy(Application, { merchantId }),
      members: await manager.countBy(Account, { merchantId, deletedAt: IsNull() }),
      webhooks: await manager.countBy(WebhookEndpoint, { merchantId }),
    };
  }
}

/** @throws {DomainError} `merchant.not_found` */
export async function lockMerchant({ manager }: Transaction, id: string): Promise<Merchant> {
  const merchant = await lockRow(manager, Merchant, id);
  if (!merchant) throw new DomainError('merchant.not_found');
  return merchant;
}

/** @throws {DomainError} `merchant.operators` */
export async function assertNoStaff({ manager }: Transaction, merchantId: string): Promise<void> {
  if (await manager.existsBy(Account, { merchantId, role: In(STAFF), deletedAt: IsNull() }))
    throw new DomainError('merchant.operators');
}
