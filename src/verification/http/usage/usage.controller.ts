import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { ApiKey } from '../../../api-keys/api-key.entity.js';
import { ApplicationGuard } from '../../../applications/application.guard.js';
import { KeyGuard, TheKey } from '../../../api-keys/merchants/key.guard.js';
import { UsageReports } from '../../usage/usage-reports.js';
import { DailyUsageReports } from '../../usage/daily-usage-reports.js';
import { KeyUseReports } from '../../usage/key-use-reports.js';
import { MerchantUsageReports } from '../../usage/merchant-usage-reports.js';
import { Answers, Refuses } from '../../../platform/http/route-facts.js';
import { DailyUsageQuery, DailyUsageView } from './daily-usage.dto.js';
import { presentDailyUsage, selectKeys } from './daily-usage.presenter.js';
import { KeyUsesView } from './key-uses.dto.js';
import { presentKeyUses } from './key-uses.presenter.js';
import { MerchantUsageQuery, MerchantUsageView } from './merchant-usage.dto.js';
import { presentMerchantUsage, selectUsage } from './merchant-usage.presenter.js';
import { UsageQuery, UsageView } from './usage.dto.js';

@Controller('api/v1')
export class UsageController {
  constructor(
    private readonly dailyReports: DailyUsageReports,
    private readonly keyUseReports: KeyUseReports,
    private readonly merchantReports: MerchantUsageReports,
    private readonly reports: UsageReports,
  ) {}

  /**
   * Read how often your merchant's API keys were verified
   *
   * Counts of valid and refused verifications per hour or day (UTC), for at most 400 days: of all keys, of an application's, or of those with an
   * external id. `groups` shows which outcomes, applications or keys were the busiest. Refusals of unknown keys belong to no merchant and are not
   * counted. Personal keys are counted, but groups by key name others' personal keys only if you may read other merchants' keys.
   */
  @Get('usage')
  @Answers('The number of verifications, by interval and outcome, and the busiest groups.')
  @Requires(LEVELS.readSome)
  @Refuses('access.other_owner')
  async readMerchantUsage(@Caller() caller: Caller, @Query() query: MerchantUsageQuery): Promise<MerchantUsageView> {
    const selection = selectUsage(caller, query);
    const { groupBy = 'outcome' } = query;
    return presentMerchantUsage(selection, groupBy, await this.merchantReports.read(selection, { ...query, groupBy }));
  }

  /**
   * Read how often some API keys were verified each day
   *
   * For the keys of a list that you show: one request instead of one for each key. A day begins at midnight UTC.
   */
  @Get('usage/daily')
  @Answers('The number of verifications of each key, by day.')
  @Requires(LEVELS.readSome)
  @Refuses('access.other_owner')
  async readDailyUsage(@Caller() caller: Caller, @Query() query: DailyUsageQuery): Promise<DailyUsageView> {
    const selection = selectKeys(caller, query);
    return presentDailyUsage(selection, await this.dailyReports.read(selection, query.days));
  }

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

  /**
   * Find out who uses an API key, and for what
   *
   * From where the key was last used, and when each of its scopes. While a rotation's overlap runs, also who still uses the previous full key, and
   * how often. Of addresses only the network is kept, and of programs the name.
   */
  @Get('api-keys/:keyId/uses')
  @Answers('The uses of the key.')
  @Requires(LEVELS.readSome)
  @UseGuards(KeyGuard)
  async readMerchantApiKeyUses(@TheKey() key: ApiKey): Promise<KeyUsesView> {
    return presentKeyUses(await this.keyUseReports.read(key));
  }

  private async usageOf({ id }: ApiKey, { from, to, interval = 'hour' }: UsageQuery): Promise<UsageView> {
    return { keyId: id, interval, intervals: await this.reports.read(id, interval, from, to) };
  }
}
