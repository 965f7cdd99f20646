import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { Answers, PathParameter, Refuses } from '../platform/http/route-facts.js';
import { Housekeeper } from './housekeeper.js';
import { JobRunView, JobsView, RunJobQuery } from './housekeeping.dto.js';
import { presentJob, presentJobRun } from './housekeeping.presenter.js';

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

  /**
   * Run a scheduled job now
   *
   * Beside its schedule; also a job that has none, and on an instance that leaves scheduled jobs to others. The response is sent when the run has ended. With `dryRun=true`
   * nothing changes, and the answer says what a run would do.
   */
  @Post(':job/run')
  @HttpCode(200)
  @PathParameter('job', "The job's name.", 'rate_counts')
  @Answers('What the run has done, or with `dryRun=true` would do.')
  @Refuses('job.not_found', 'job.running')
  @Requires(LEVELS.everything)
  async runJob(@Param('job') name: string, @Query() { dryRun = false }: RunJobQuery): Promise<JobRunView> {
    return presentJobRun(await this.housekeeper.runNow(name, dryRun), dryRun);
  }
}
