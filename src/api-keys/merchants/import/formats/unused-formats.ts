import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, MoreThan, type Repository } from 'typeorm';
import { lockRow } from '../../../../platform/database/row-locks.js';
import { SYSTEM } from '../../../../platform/events/actor.js';
import type { JobRun } from '../../../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../../../platform/jobs/job.js';
import { Clock, DAY_SECONDS } from '../../../../platform/runtime/clock.js';
import { ImportFormat } from '../../../credentials/imported/import-format.entity.js';
import { hasKeys } from './format-keys.js';
import { ImportFormats } from './import-formats.js';

/** Formats that are read at a time. */
const BATCH = 100;

/** Deletes the formats of imported keys whose last key is gone. A format of the last day may belong to an import that is still running. */
@Injectable()
@HousekeepingJob()
export class UnusedFormats implements Job {
  readonly name = 'import_formats';
  readonly schedule = '30 3 * * *';

  constructor(
    @InjectRepository(ImportFormat) private readonly stored: Repository<ImportFormat>,
    private readonly clock: Clock,
    private readonly formats: ImportFormats,
  ) {}

  async run(run: JobRun): Promise<void> {
    const createdAt = LessThan(this.clock.in(-DAY_SECONDS));
    for (let last = ''; ;) {
      const where = { createdAt, id: MoreThan(last) };
      const formats = await this.stored.find({ where, order: { id: 'ASC' }, take: BATCH });
      for (const format of formats) if (!(await hasKeys(this.stored.manager, format))) await this.delete(run, format);
      last = formats.at(-1)?.id ?? '';
      if (formats.length < BATCH) return;
    }
  }

  private async delete(run: JobRun, { id }: ImportFormat): Promise<void> {
    let isDeleted = run.isDry;
    await run.change(async (tx) => {
      const format = await lockRow(tx.manager, ImportFormat, id);
      isDeleted = format !== null && (await this.formats.deleteUnused(tx, SYSTEM, format));
    });
    if (isDeleted) run.note('deleted', [id]);
  }
}
