import { Controller, Get } from '@nestjs/common';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { Answers } from '../platform/http/route-facts.js';
import { Housekeeper } from './housekeeper.js';
import { JobsView } from './housekeeping.dto.js';
import { presentJob } from './housekeeping.presenter.js';

@Controller('api/v1/housekeeping')
export class HousekeepingController {
  constructor(private readonly housekeeper: Housekeeper) {}

  /**
   * List scheduled jobs
   *
   * With the results of their latest runs, on any instance.
   */
  @Get()
  @Answers('The jobs, with their latest runs.')
  @Requires(LEVELS.everything)
  async listJobs(): Promise<JobsView> {
    const statuses = await this.housekeeper.list();
    return { items: statuses.map(([job, state]) => presentJob(job, state)) };
  }
}
