import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Caller, Origin, Visitor } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import type { Actor } from '../../platform/events/actor.js';
import { PageQuery, presentPage } from '../../platform/http/paging/page.dto.js';
import { Answers, PathParameter, Refuses } from '../../platform/http/route-facts.js';
import {
  CreatedMerchantView,
  DESCRIBE_MERCHANT_EXAMPLES,
  DescribeMerchantBody,
  InvitationView,
  InviteMerchantBody,
  MerchantPage,
  MerchantView,
  SignupQuery,
  SignUpMerchantBody,
  UPDATE_MERCHANT_EXAMPLES,
  UpdateMerchantBody,
} from './merchants.dto.js';
import { Public } from '../../platform/http/requirement.js';
import { presentCreatedMerchant, presentMerchant } from './merchants.presenter.js';
import { MerchantChanges } from './merchant-changes.js';
import { MerchantsService } from './merchants.service.js';

@Controller('api/v1/merchants')
@PathParameter('id', "The merchant's id.", '9d2f1c1e-4b7a-4c55-8f0e-1b7f7a3c2d10')
export class MerchantsController {
  constructor(
    private readonly changes: MerchantChanges,
    private readonly merchants: MerchantsService,
  ) {}

  /**
   * Invite a merchant
   *
   * The signup link works once, within two hours. With an e-mail address it is also sent by mail.
   */
  @Post('invite')
  @Answers('The signup link.')
  @Requires(LEVELS.writeOthers)
  inviteMerchant(
    @Caller() caller: Caller,
    @Origin() origin: string,
    @Body() body: InviteMerchantBody,
  ): Promise<InvitationView> {
    return this.merchants.invite(caller, origin, body.email);
  }

  /**
   * Sign up as a merchant
   *
   * With the link of an invitation. An attempt that fails does not use the link up. The first member has the role `user` and logs in with the
   * e-mail address.
   */
  @Post('signup')
  @Answers('The new merchant.')
  @Refuses('link.gone', 'email.taken', 'unavailable')
  @Public()
  async signUpMerchant(
    @Visitor() visitor: Actor,
    @Query() query: SignupQuery,
    @Body() body: SignUpMerchantBody,
  ): Promise<CreatedMerchantView> {
    return presentCreatedMerchant(await this.merchants.signUp(visitor, query.token, body));
  }

  /** List merchants */
  @Get()
  @Answers('A page of merchants.')
  @Requires(LEVELS.readOthers)
  async listMerchants(@Query() query: PageQuery): Promise<MerchantPage> {
    return presentPage(await this.merchants.list(query), query, presentMerchant);
  }

  /** Read your own merchant */
  @Get('me')
  @Answers('Your merchant.')
  @Requires(LEVELS.authenticate)
  async readOwnMerchant(@Caller() caller: Caller): Promise<MerchantView> {
    return presentMerchant(await this.merchants.find(caller.merchantId));
  }

  /**
   * Change your own merchant
   *
   * Its name and details. What it may do is up to the operator.
   */
  @Patch('me')
  @ApiBody({ type: DescribeMerchantBody, examples: DESCRIBE_MERCHANT_EXAMPLES })
  @Answers('Your merchant.')
  @Requires(LEVELS.writeOwn)
  async updateOwnMerchant(@Caller() caller: Caller, @Body() body: DescribeMerchantBody): Promise<MerchantView> {
    return presentMerchant(await this.changes.describe(caller, body));
  }

  /** Read a merchant */
  @Get(':id')
  @Answers('The merchant.')
  @Refuses('merchant.not_found')
  @Requires(LEVELS.readOthers)
  async readMerchant(@Param('id') id: string): Promise<MerchantView> {
    return presentMerchant(await this.merchants.find(id));
  }

  /**
   * Change a merchant
   *
   * A blocked merchant's login tokens and keys are refused at once, and its webhooks wait. Unblocking restores them. A
   * merchant's scopes bound those of all its keys: on every instance, before the response is sent, a key loses what the merchant has lost. You cannot change a
   * merchant that has a member or a valid key whose level is above yours.
   */
  @Patch(':id')
  @ApiBody({ type: UpdateMerchantBody, examples: UPDATE_MERCHANT_EXAMPLES })
  @Answers('The changed merchant.')
  @Refuses('merchant.not_found', 'merchant.own', 'merchant.deleting', 'access.stronger_key')
  @Requires(LEVELS.writeOthers)
  async updateMerchant(
    @Caller() caller: Caller,
    @Param('id') id: string,
    @Body() body: UpdateMerchantBody,
  ): Promise<MerchantView> {
    return presentMerchant(await this.changes.update(caller, id, body));
  }
}
