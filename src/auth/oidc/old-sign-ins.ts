import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { deleteRows, queryBacklog } from '../../platform/jobs/backlog.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { Clock } from '../../platform/runtime/clock.js';
import { OidcCompletedSignIn } from './oidc-completed-sign-in.entity.js';
import { OidcIdentity } from './oidc-identity.entity.js';

/** Deletes completed sign-ins that would have expired, and the links of deleted accounts. */
@Injectable()
@HousekeepingJob()
export class OldSignIns implements Job {
  readonly name = 'oidc_sign_ins';
  readonly schedule = '20 * * * *';

  constructor(
    @InjectRepository(OidcCompletedSignIn) private readonly signIns: Repository<OidcCompletedSignIn>,
    @InjectRepository(OidcIdentity) private readonly identities: Repository<OidcIdentity>,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const now = this.clock.now();
    const expired = queryBacklog(() =>
      this.signIns.createQueryBuilder('signIn').where('signIn.expiresAt < :now', { now }),
    );
    await run.clear('deleted_sign_ins', expired, deleteRows(this.signIns));
    const left = queryBacklog(() =>
      this.identities
        .createQueryBuilder('identity')
        .innerJoin(Account, 'account', 'account.id = identity.accountId AND account.deletedAt IS NOT NULL'),
    );
    await run.clear('deleted_identities', left, deleteRows(this.identities));
  }
}
