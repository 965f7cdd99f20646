import { InjectRepository } from '@nestjs/typeorm';
import type { ObjectLiteral, Repository } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { AuditSearch, type Moment } from '../audit/audit-search.js';
import { withoutPersonal } from '../audit/personal.js';
import { isErasable } from '../audit/record.js';
import { insertOrChange } from '../platform/database/rows.js';
import { HousekeepingJob, type Job } from '../platform/jobs/job.js';
import type { JobRun } from '../platform/jobs/job-run.js';
import { Erasure } from './erasure.entity.js';
import { Traces } from './erasures.js';
import { COUNTED_FOR_MERCHANTS } from './merchant-rows.js';

/** Erasures that are carried out together, in one pass over the trails. */
const ERASURES_AT_ONCE = 500;

/** Events that are read, and erased, at a time. */
const EVENTS_AT_ONCE = 300;

/**
 * Erases what the audit trails say of deleted merchants and people, and what was counted for deleted merchants. The chains, which hold digests of it, still verify. A pass that is broken off
 * begins anew.
 */
@HousekeepingJob()
export class TracesJob implements Job {
  readonly name = 'audit_traces';
  readonly schedule = '*/10 * * * *';

  constructor(
    @InjectRepository(Erasure) private readonly erasures: Repository<Erasure>,
    private readonly search: AuditSearch,
  ) {}

  async run(run: JobRun): Promise<void> {
    for (;;) {
      const pending = await this.erasures.find({ order: { id: 'ASC' }, take: ERASURES_AT_ONCE });
      if (pending.length === 0) return;
      await this.erase(run, new Traces(pending));
      // Instances may have counted for a merchant until it was gone, and written it afterwards.
      for (const merchantId of pending.flatMap((erasure) => erasure.merchantId ?? []))
        for (const table of COUNTED_FOR_MERCHANTS) {
          const counts = this.erasures.manager.getRepository<ObjectLiteral>(table);
          await run.deleteCounts('counts', counts, { sql: 'merchant_id = ?', values: [merchantId] });
        }
      if (run.isDry) return;
      await run.change(async ({ manager }) => {
        await manager.delete(
          Erasure,
          pending.map(({ id }) => id),
        );
      });
    }
  }

  private async erase(run: JobRun, traces: Traces): Promise<void> {
    for (let moment: Moment | null = null; ;) {
      const { events, next } = await this.search.after({ others: {} }, 'ASC', moment, EVENTS_AT_ONCE);
      const found = events.filter((event) => isErasable(event) && traces.include(event));
      if (found.length > 0) await run.change(({ manager }) => eraseAll(manager, found));
      run.note(
        'erased',
        found.map(({ id }) => id),
      );
      if (!next) return;
      moment = next;
    }
  }
}

const eraseAll = (manager: Parameters<typeof insertOrChange>[0], events: AuditEvent[]): Promise<void> =>
  insertOrChange(
    manager,
    AuditEvent,
    events.map((event) => ({ ...withoutPersonal(event), personalSalt: null })),
    ['actorUsername', 'address', 'userAgent', 'details', 'personalSalt'],
  );
