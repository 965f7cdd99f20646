import { Controller, Get } from '@nestjs/common';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { Housekeeper } from './housekeeper.js';
import { JobsView } from './housekeeping.dto.js';
import { presentJob } from './housekeeping.presenter.js';

@Controller('api/v1/housekeeping')
export class HousekeepingController {
  constructor(private readonly housekeeper: Housekeeper) {}

  /**
   * List scheduled jobs
   *
   * With how their latest runs ended, on whichever instance.
   */
  @Get()
  @Requires(LEVELS.everything)
  async listJobs(): Promise<JobsView> {
    const statuses = await this.housekeeper.list();
    return { items: statuses.map(([job, state]) => presentJob(job, state)) };
  }
}
