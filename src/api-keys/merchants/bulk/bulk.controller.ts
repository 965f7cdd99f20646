import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody } from '@nestjs/swagger';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Idempotent } from '../../../idempotency/idempotent.js';
import { Requires } from '../../../access/requires.js';
import { MerchantQuery } from '../list/keys.dto.js';
import { TAKES_IDS } from '../../../platform/http/bodies.js';
import { AnswersOneOf } from '../../../platform/validation/lists.js';
import { BULK_EXAMPLES, BulkBody, BulkPreview, BulkResults } from './bulk.dto.js';
import { presentBulk } from './bulk.presenter.js';
import { BulkService } from './bulk.service.js';

@Controller('api/v1/api-keys')
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  /**
   * Revoke many API keys
   *
   * Up to 10000, in several transactions: whatever happens in between, calling again with the count that is left finishes the rest.
   * When the answer comes, every key in it that says 200 is refused everywhere, for good.
   *
   * @throws {409} There are more or fewer such keys than expected; the message says how many.
   */
  @Post('bulk-revoke')
  @Idempotent()
  @HttpCode(200)
  @RouteConfig(TAKES_IDS)
  @Requires(LEVELS.writeOwn)
  @ApiBody({ type: BulkBody, examples: BULK_EXAMPLES })
  @AnswersOneOf(BulkResults, BulkPreview)
  async revokeMerchantApiKeys(
    @Caller() caller: Caller,
    @Query() { merchantId }: MerchantQuery,
    @Body() body: BulkBody,
  ): Promise<BulkResults | BulkPreview> {
    return presentBulk(await this.bulk.run(caller, merchantId, body, 'revoke'));
  }

  /**
   * Disable many API keys
   *
   * As with bulk-revoke, but they can be enabled again.
   *
   * @throws {409} There are more or fewer such keys than expected; the message says how many.
   */
  @Post('bulk-disable')
  @Idempotent()
  @HttpCode(200)
  @RouteConfig(TAKES_IDS)
  @Requires(LEVELS.writeOwn)
  @ApiBody({ type: BulkBody, examples: BULK_EXAMPLES })
  @AnswersOneOf(BulkResults, BulkPreview)
  async disableMerchantApiKeys(
    @Caller() caller: Caller,
    @Query() { merchantId }: MerchantQuery,
    @Body() body: BulkBody,
  ): Promise<BulkResults | BulkPreview> {
    return presentBulk(await this.bulk.run(caller, merchantId, body, 'disable'));
  }

  /**
   * Enable many API keys
   *
   * What was disabled is accepted again, unless it has ended. To give a key its power back is to give it: you can't enable a key whose level
   * is above yours. A key of the clients surface stays disabled when its client has as many active ones as it may have. The count, the dry
   * run and the results are as with bulk-revoke.
   *
   * @throws {409} There are more or fewer such keys than expected; the message says how many.
   */
  @Post('bulk-enable')
  @Idempotent()
  @HttpCode(200)
  @RouteConfig(TAKES_IDS)
  @Requires(LEVELS.writeOwn)
  @ApiBody({ type: BulkBody, examples: BULK_EXAMPLES })
  @AnswersOneOf(BulkResults, BulkPreview)
  async enableMerchantApiKeys(
    @Caller() caller: Caller,
    @Query() { merchantId }: MerchantQuery,
    @Body() body: BulkBody,
  ): Promise<BulkResults | BulkPreview> {
    return presentBulk(await this.bulk.run(caller, merchantId, body, 'enable'));
  }
}
