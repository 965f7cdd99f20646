import { Controller, Get, Param, type StreamableFile } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { PathParameter, Refuses } from '../platform/http/route-facts.js';
import { AnswersLines, streamLines } from '../platform/validation/lists.js';
import { resolveTenant } from '../api-keys/merchants/tenant-scope.js';
import { presentDisclosed } from './disclosure.presenter.js';
import { Disclosure } from './disclosure.service.js';
import { ExportLineView } from './export.dto.js';

@Controller('api/v1')
export class DisclosureController {
  constructor(private readonly disclosure: Disclosure) {}

  /**
   * Export your own merchant
   *
   * Everything that is stored about it, but for secrets: members, applications, keys, limits, webhooks and the audit trail. An answer that
   * breaks off is incomplete.
   */
  @Get('merchants/me/export')
  @Requires(LEVELS.writeOwn)
  @AnswersLines(ExportLineView, 'A line of JSON for each thing.')
  async exportOwnMerchant(@Caller() caller: Caller): Promise<StreamableFile> {
    const scope = resolveTenant(caller, caller.merchantId, 'read');
    return streamLines(await this.disclosure.ofMerchant(scope), presentDisclosed);
  }

  /**
   * Export a merchant
   *
   * As the merchant itself can.
   */
  @Get('merchants/:id/export')
  @PathParameter('id', "The merchant's id.", '9d2f1c1e-4b7a-4c55-8f0e-1b7f7a3c2d10')
  @Requires(LEVELS.everything)
  @AnswersLines(ExportLineView, 'A line of JSON for each thing.')
  @Refuses('merchant.not_found')
  async exportMerchant(@Param('id') id: string): Promise<StreamableFile> {
    return streamLines(await this.disclosure.ofMerchant({ merchantId: id, personalOf: null }), presentDisclosed);
  }

  /**
   * Export what is stored about you
   *
   * Your account, sessions, passkeys, sign-ins with a provider, personal keys, and every audit event by you or about you; no secrets. Of what others
   * did to your account, it shows neither their names nor their addresses.
   */
  @Get('members/me/export')
  @Requires(LEVELS.authenticate, { withoutConsent: true })
  @AnswersLines(ExportLineView, 'A line of JSON for each thing.')
  async exportOwnAccount(@Caller() caller: Caller): Promise<StreamableFile> {
    return streamLines(await this.disclosure.ofPerson(caller), presentDisclosed);
  }
}
