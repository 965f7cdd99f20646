import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { SYSTEM } from '../platform/events/actor.js';
import { Clock, DAY_SECONDS } from '../platform/runtime/clock.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import type { JobRun } from '../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../platform/jobs/job.js';
import { deleteRows, queryBacklog } from '../platform/jobs/backlog.js';
import { lockRow } from '../platform/database/row-locks.js';
import { Account, STATUS } from './account.entity.js';
import { AccountsService } from './accounts.service.js';
import { OneTimeLink } from './links/one-time-link.entity.js';

/** Expired invitations are kept for this long, for support. */
const KEPT_SECONDS = 30 * DAY_SECONDS;

/** Accounts deleted in one transaction. */
const AT_ONCE = 50;

/** Deletes expired links and the accounts that waited for them, whose addresses become free again. */
@Injectable()
@HousekeepingJob()
export class OldInvitations implements Job {
  readonly name = 'invitations';
  readonly schedule = '50 3 * * *';

  constructor(
    @InjectRepository(OneTimeLink) private readonly links: Repository<OneTimeLink>,
    @InjectRepository(Account) private readonly repository: Repository<Account>,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const end = this.clock.in(-KEPT_SECONDS);
    const waiting = queryBacklog<Account, number>(() => this.waiting(end));
    await run.clear('removed_accounts', waiting, (tx, ids) => this.remove(tx, ids), AT_ONCE);
    const over = queryBacklog(() => this.over(end));
    await run.clear('deleted_links', over, deleteRows(this.links));
  }

  /** Accounts that nobody has logged in to, and all of whose links expired long ago. A restored backup has none of its links. */
  private waiting(end: Date): SelectQueryBuilder<Account> {
    const latest = this.links
      .createQueryBuilder('link')
      .where('link.accountId = account.id')
      .andWhere('link.expiresAt >= :end');
    return this.repository
      .createQueryBuilder('account')
      .where('account.status = :notYet AND account.deletedAt IS NULL', { notYet: STATUS.notYet })
      .andWhere('account.lastLoginAt IS NULL')
      .andWhere('account.createdAt < :end', { end })
      .andWhere(`NOT EXISTS (${latest.select('1').getQuery()})`);
  }

  /** Expired links, except those of accounts that still wait for one. */
  private over(end: Date): SelectQueryBuilder<OneTimeLink> {
    const waits = 'account.id = link.accountId AND account.status = :notYet AND account.deletedAt IS NULL';
    return this.links
      .createQueryBuilder('link')
      .leftJoin(Account, 'account', waits, { notYet: STATUS.notYet })
      .where('link.expiresAt < :end AND account.id IS NULL', { end });
  }

  private async remove(tx: Transaction, ids: number[]): Promise<number[]> {
    const removed: number[] = [];
    for (const id of ids) {
      const account = await lockRow(tx.manager, Account, id);
      if (account?.status !== STATUS.notYet || account.deletedAt !== null) continue;
      await this.accounts.delete(tx, SYSTEM, id);
      removed.push(id);
    }
    return removed;
  }
}
