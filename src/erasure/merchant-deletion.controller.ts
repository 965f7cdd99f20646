import { Controller, Delete, HttpCode, Param, Query } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { Answers, PathParameter, Refuses } from '../platform/http/route-facts.js';
import { DeleteMerchantQuery, MerchantDeletionView } from './merchant-deletion.dto.js';
import { MerchantDeletion } from './merchant-deletion.service.js';

@Controller('api/v1/merchants')
@PathParameter('id', "The merchant's id.", '9d2f1c1e-4b7a-4c55-8f0e-1b7f7a3c2d10')
export class MerchantDeletionController {
  constructor(private readonly deletion: MerchantDeletion) {}

  /**
   * Delete a merchant
   *
   * For good, with its keys, applications, members, webhooks and policies. When the answer comes, no instance accepts its keys and tokens any more;
   * its rows are deleted in the following minutes, while it is listed as `deleting`. Its audit trail stays, without personal data, and still verifies.
   * A merchant with members who run the server cannot be deleted.
   */
  @Delete(':id')
  @HttpCode(202)
  @Answers('What is being deleted.')
  @Refuses('merchant.not_found', 'merchant.own', 'merchant.operators')
  @Requires(LEVELS.everything)
  deleteMerchant(
    @Caller() caller: Caller,
    @Param('id') id: string,
    @Query() { dryRun = false }: DeleteMerchantQuery,
  ): Promise<MerchantDeletionView> {
    return this.deletion.delete(caller, id, dryRun);
  }
}
