import { InjectDataSource } from '@nestjs/typeorm';
import { In, type DataSource, type EntityManager, type Repository } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { OneTimeLink } from '../accounts/links/one-time-link.entity.js';
import { Merchant } from '../accounts/merchant.entity.js';
import { merchantTarget } from '../accounts/merchants/merchants.service.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { lockRow } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { SYSTEM } from '../platform/events/actor.js';
import { queryBacklog, rowsOf } from '../platform/jobs/backlog.js';
import { HousekeepingJob, type Job } from '../platform/jobs/job.js';
import type { JobRun } from '../platform/jobs/job-run.js';
import { eraseTracesOfMerchant, eraseTracesOfPeople } from './erasures.js';
import { deleteBelongings, OF_ACCOUNTS, OF_KEYS, OF_MERCHANTS, SETTINGS_OF_MERCHANTS } from './merchant-rows.js';

/**
 * Deletes the rows of merchants that are being deleted, some at a time: first the keys, which nobody accepts since the deletion began, and last the
 * merchant. What is interrupted goes on at the next run.
 */
@HousekeepingJob()
export class MerchantDeletionsJob implements Job {
  readonly name = 'merchant_deletions';
  readonly schedule = '* * * * *';

  constructor(@InjectDataSource() private readonly source: DataSource) {}

  async run(run: JobRun): Promise<void> {
    const { manager } = this.source;
    const found = await manager.find(Merchant, { select: { id: true }, where: { status: 'deleting' } });
    for (const { id } of found) await this.delete(run, manager, id);
  }

  private async delete(run: JobRun, manager: EntityManager, merchantId: string): Promise<void> {
    const keys = manager.getRepository(ApiKey);
    await run.clear('keys', rowsOf(keys, { merchantId }), async (tx, ids) => {
      await deleteBelongings(tx, OF_KEYS, ids);
      await tx.manager.delete(ApiKey, ids);
      return ids;
    });
    for (const [what, table] of Object.entries(OF_MERCHANTS)) {
      const rows = manager.getRepository(table) as Repository<{ id: string; merchantId: string }>;
      await run.clear(what, rowsOf(rows, { merchantId }), async (tx, ids) => {
        if (what === 'shared_limits') await deleteBelongings(tx, OF_KEYS, ids);
        await tx.manager.delete(table, ids);
        return ids;
      });
    }
    const accounts = () =>
      manager.createQueryBuilder(Account, 'it').where('it.merchantId = :merchantId', { merchantId });
    await run.clear('members', queryBacklog<Account, number>(accounts), deleteAccounts);
    await run.change(async (tx) => {
      if (await isEmpty(tx, merchantId)) await deleteMerchant(tx, merchantId);
    });
    run.note('merchants', [merchantId]);
  }
}

async function deleteAccounts(tx: Transaction, ids: number[]): Promise<number[]> {
  const people = await tx.manager.findBy(Account, { id: In(ids) });
  await eraseTracesOfPeople(tx, people);
  await deleteBelongings(tx, OF_ACCOUNTS, ids);
  await tx.manager.delete(OneTimeLink, { email: In(people.map(({ email }) => email)) });
  await tx.manager.delete(Account, ids);
  return ids;
}

/** A request that was under way when the deletion began may have added something, which the next run deletes. */
async function isEmpty({ manager }: Transaction, merchantId: string): Promise<boolean> {
  const tables = [ApiKey, Account, ...Object.values(OF_MERCHANTS)];
  for (const table of tables) if (await manager.existsBy(table, { merchantId })) return false;
  return true;
}

async function deleteMerchant(tx: Transaction, merchantId: string): Promise<void> {
  const merchant = await lockRow(tx.manager, Merchant, merchantId);
  if (!merchant) return;
  for (const table of SETTINGS_OF_MERCHANTS) await tx.manager.delete(table, { merchantId });
  await eraseTracesOfMerchant(tx, merchantId);
  await tx.manager.delete(Merchant, merchantId);
  await tx.publish({
    ...merchantTarget(merchant),
    name: 'merchant.deleted',
    actor: SYSTEM,
    details: { clientId: merchant.clientId },
    // Nothing is counted for keys that no instance remembers.
    invalidates: [{ kind: 'merchant', id: merchantId, revokes: 'nothing' }],
  });
}
