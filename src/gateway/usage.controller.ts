import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requirement.js';
import { Application } from '../applications/application.entity.js';
import { ApplicationGuard, TheApplication } from '../applications/application.guard.js';
import { ApplicationKeysService } from '../merchant-keys/application-keys.service.js';
import { UsageReports } from '../verification/usage/usage-reports.js';
import { UsageQuery, UsageView } from './usage.dto.js';

@Controller('api/v1/applications/:id/api-keys/:keyId/usage')
export class UsageController {
  constructor(
    private readonly keys: ApplicationKeysService,
    private readonly reports: UsageReports,
  ) {}

  /**
   * Read how often a key was verified
   *
   * Counts per outcome and hour or day (UTC), of 400 days at most.
   */
  @Get()
  @Requires(LEVELS.readSome)
  @UseGuards(ApplicationGuard)
  async readApplicationApiKeyUsage(
    @TheApplication() application: Application,
    @Param('keyId') keyId: string,
    @Query() { from, to, interval = 'hour' }: UsageQuery,
  ): Promise<UsageView> {
    const key = await this.keys.find(application, keyId);
    return { keyId: key.id, interval, intervals: await this.reports.read(key.id, interval, from, to) };
  }
}
