import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Idempotent } from '../../../idempotency/idempotent.js';
import { Requires } from '../../../access/requires.js';
import { MerchantQuery } from '../list/keys.dto.js';
import { IDS_LIMIT } from '../../../platform/http/bodies.js';
import { RouteConfig } from '../../../platform/http/route-config.js';
import { AnswersOneOf } from '../../../platform/validation/lists.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { Refuses, RequiresBody } from '../../../platform/http/route-facts.js';
import { BULK_EXAMPLES, BulkBody, BulkPreview, BulkResults } from './bulk.dto.js';
import { presentBulk } from './bulk.presenter.js';
import { BulkService } from './bulk.service.js';

const BULK_REFUSALS = ['access.other_owner', new DomainError('bulk.count_differs', { count: 12 })] as const;

@Controller('api/v1/api-keys')
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  /**
   * Revoke many API keys
   *
   * Up to 10,000 keys, in several transactions. After an interruption, repeat the request with the number of keys that are left. Every key
   * that the answer lists with status 200 is refused on every instance, permanently. A key whose level is above yours stays, with status 403.
   */
  @Post('bulk-revoke')
  @Idempotent()
  @HttpCode(200)
  @RouteConfig({ bodyLimit: IDS_LIMIT })
  @Requires(LEVELS.writeOwn)
  @ApiBody({ type: BulkBody, examples: BULK_EXAMPLES })
  @AnswersOneOf(
    'What became of each key, or with `dryRun` the keys that the request would change.',
    BulkResults,
    BulkPreview,
  )
  @RequiresBody()
  @Refuses(...BULK_REFUSALS)
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
   * As bulk-revoke does, but the keys can be enabled again.
   */
  @Post('bulk-disable')
  @Idempotent()
  @HttpCode(200)
  @RouteConfig({ bodyLimit: IDS_LIMIT })
  @Requires(LEVELS.writeOwn)
  @ApiBody({ type: BulkBody, examples: BULK_EXAMPLES })
  @AnswersOneOf(
    'What became of each key, or with `dryRun` the keys that the request would change.',
    BulkResults,
    BulkPreview,
  )
  @RequiresBody()
  @Refuses(...BULK_REFUSALS)
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
   * Disabled keys are accepted again, unless they have expired. You cannot enable a key whose level is above yours. A key of the clients
   * surface stays disabled when its client has the maximum number of active keys. The count, the dry run and the results are as with
   * bulk-revoke.
   */
  @Post('bulk-enable')
  @Idempotent()
  @HttpCode(200)
  @RouteConfig({ bodyLimit: IDS_LIMIT })
  @Requires(LEVELS.writeOwn)
  @ApiBody({ type: BulkBody, examples: BULK_EXAMPLES })
  @AnswersOneOf(
    'What became of each key, or with `dryRun` the keys that the request would change.',
    BulkResults,
    BulkPreview,
  )
  @RequiresBody()
  @Refuses(...BULK_REFUSALS)
  async enableMerchantApiKeys(
    @Caller() caller: Caller,
    @Query() { merchantId }: MerchantQuery,
    @Body() body: BulkBody,
  ): Promise<BulkResults | BulkPreview> {
    return presentBulk(await this.bulk.run(caller, merchantId, body, 'enable'));
  }
}
