import { Controller, Get, Query } from '@nestjs/common';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { Answers, Refuses } from '../../../platform/http/route-facts.js';
import { MerchantQuery } from '../list/keys.dto.js';
import { resolveTenant } from '../tenant-scope.js';
import { HygieneView, KeyCountsView } from './hygiene.dto.js';
import { presentCounts, presentHygiene } from './hygiene.presenter.js';
import { KeyCountsService } from './key-counts.service.js';

@Controller('api/v1')
export class HygieneController {
  constructor(private readonly keyCounts: KeyCountsService) {}

  /**
   * Read how many API keys your merchant has, by status
   *
   * The keys that the list shows you. With more than 5,000 keys the numbers can be some minutes old: `asOf` shows when they were counted.
   */
  @Get('api-keys/counts')
  @Answers('The numbers of keys.')
  @Requires(LEVELS.readSome)
  @Refuses('access.other_owner')
  async readMerchantApiKeyCounts(@Caller() caller: Caller, @Query() query: MerchantQuery): Promise<KeyCountsView> {
    const tenant = resolveTenant(caller, query.merchantId, 'read');
    return presentCounts(tenant.merchantId, await this.keyCounts.read(tenant));
  }

  /**
   * Find API keys that need attention
   *
   * Counts the active keys that were exposed, have lost their owner, expire soon or never, or are not used. Each finding has the filter that lists
   * exactly these keys, which bulk operations take as well. With more than 5,000 keys the numbers can be some minutes old: `asOf` shows when they
   * were counted.
   */
  @Get('hygiene')
  @Answers('The findings, the most urgent first.')
  @Requires(LEVELS.readSome)
  @Refuses('access.other_owner')
  async readHygiene(@Caller() caller: Caller, @Query() query: MerchantQuery): Promise<HygieneView> {
    const tenant = resolveTenant(caller, query.merchantId, 'read');
    const isNamed = tenant.merchantId !== caller.merchantId;
    return presentHygiene(tenant.merchantId, isNamed, await this.keyCounts.read(tenant));
  }
}
