import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { ApiKey } from '../../api-keys/api-key.entity.js';
import { ApplicationGuard } from '../../applications/application.guard.js';
import { KeyGuard, TheKey } from '../../api-keys/merchants/key.guard.js';
import { UsageReports } from '../usage/usage-reports.js';
import { Answers } from '../../platform/http/route-facts.js';
import { UsageQuery, UsageView } from './usage.dto.js';

@Controller('api/v1')
export class UsageController {
  constructor(private readonly reports: UsageReports) {}

  /**
   * Read how often an application's API key was verified
   *
   * Counts per outcome and hour or day (UTC), for at most 400 days.
   */
  @Get('applications/:id/api-keys/:keyId/usage')
  @Answers('The number of verifications, by interval and outcome.')
  @Requires(LEVELS.readSome)
  @UseGuards(ApplicationGuard, KeyGuard)
  readApplicationApiKeyUsage(@TheKey() key: ApiKey, @Query() query: UsageQuery): Promise<UsageView> {
    return this.usageOf(key, query);
  }

  /**
   * Read how often an API key of your merchant was verified
   *
   * A key of an application, or of the merchant itself; a key of another merchant requires level 5. Counts per outcome and hour or day (UTC),
   * for at most 400 days.
   */
  @Get('api-keys/:keyId/usage')
  @Answers('The number of verifications, by interval and outcome.')
  @Requires(LEVELS.readSome)
  @UseGuards(KeyGuard)
  readMerchantApiKeyUsage(@TheKey() key: ApiKey, @Query() query: UsageQuery): Promise<UsageView> {
    return this.usageOf(key, query);
  }

  private async usageOf({ id }: ApiKey, { from, to, interval = 'hour' }: UsageQuery): Promise<UsageView> {
    return { keyId: id, interval, intervals: await this.reports.read(id, interval, from, to) };
  }
}
