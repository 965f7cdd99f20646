import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiBody, ApiParam } from '@nestjs/swagger';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { presentPage } from '../../../platform/http/paging/page.dto.js';
import { Answers, Refuses } from '../../../platform/http/route-facts.js';
import { MerchantQuery } from '../list/keys.dto.js';
import { ListSharedLimitsQuery, SharedLimitBody, SharedLimitPage, SharedLimitView } from './shared-limits.dto.js';
import { presentSharedLimit } from './shared-limits.presenter.js';
import { SharedLimitsService } from './shared-limits.service.js';

const EXTERNAL_ID = {
  name: 'externalId',
  description: 'The external id of the keys, percent-encoded.',
  example: 'cus_9s6XKzkNRiz8i3',
};

const EXAMPLES = {
  both: { value: { rateLimits: [{ limit: 1000, windowSeconds: 60 }], quota: { limit: 1_000_000, period: 'month' } } },
};

@Controller('api/v1/shared-limits')
export class SharedLimitsController {
  constructor(private readonly limits: SharedLimitsService) {}

  /**
   * List the limits that keys share
   *
   * Those of another merchant require level 5.
   */
  @Get()
  @Answers('A page of shared limits.')
  @Refuses('access.other_owner')
  @Requires(LEVELS.readSome)
  async listSharedLimits(@Caller() caller: Caller, @Query() query: ListSharedLimitsQuery): Promise<SharedLimitPage> {
    return presentPage(await this.limits.list(caller, query), query, presentSharedLimit);
  }

  /**
   * Read the limits that the keys of an external id share
   *
   * Those of another merchant require level 5.
   */
  @Get(':externalId')
  @ApiParam(EXTERNAL_ID)
  @Answers('The shared limits.')
  @Refuses('access.other_owner', 'shared_limit.not_found')
  @Requires(LEVELS.readSome)
  async readSharedLimit(
    @Caller() caller: Caller,
    @Param('externalId') externalId: string,
    @Query() { merchantId }: MerchantQuery,
  ): Promise<SharedLimitView> {
    return presentSharedLimit(await this.limits.read(caller, externalId, merchantId));
  }

  /**
   * Set the limits that the keys of an external id share
   *
   * All keys with the external id use up these limits together, beside the limits of their own; those that exist and those that are created
   * later. What was used before still counts. The limits take effect on every instance before the response is sent. You cannot set limits of
   * keys whose level is above yours. Those of another merchant require level 8.
   */
  @Put(':externalId')
  @ApiParam(EXTERNAL_ID)
  @ApiBody({ type: SharedLimitBody, examples: EXAMPLES })
  @Answers('The shared limits.')
  @Refuses('access.other_owner', 'merchant.not_found', 'access.stronger_key', 'shared_limit.limit_reached')
  @Requires(LEVELS.writeOwn)
  async setSharedLimit(
    @Caller() caller: Caller,
    @Param('externalId') externalId: string,
    @Query() { merchantId }: MerchantQuery,
    @Body() body: SharedLimitBody,
  ): Promise<SharedLimitView> {
    return presentSharedLimit(await this.limits.set(caller, externalId, merchantId, body));
  }

  /**
   * Delete the limits that the keys of an external id share
   *
   * The limits of each key remain. You cannot delete limits of keys whose level is above yours. Those of another merchant require level 8.
   */
  @Delete(':externalId')
  @ApiParam(EXTERNAL_ID)
  @HttpCode(204)
  @Answers('The shared limits have been deleted.')
  @Refuses('access.other_owner', 'access.stronger_key', 'shared_limit.not_found')
  @Requires(LEVELS.writeOwn)
  async deleteSharedLimit(
    @Caller() caller: Caller,
    @Param('externalId') externalId: string,
    @Query() { merchantId }: MerchantQuery,
  ): Promise<void> {
    await this.limits.delete(caller, externalId, merchantId);
  }
}
