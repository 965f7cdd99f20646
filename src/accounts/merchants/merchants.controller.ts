import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { Caller, Origin, Visitor } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Public, Requires } from '../../access/requires.js';
import type { Actor } from '../../platform/events/actor.js';
import { PageQuery, presentPage } from '../../platform/http/paging/page.dto.js';
import {
  CreatedMerchantView,
  InvitationView,
  InviteMerchantBody,
  MerchantPage,
  MerchantView,
  SignupQuery,
  SignUpMerchantBody,
  UpdateMerchantBody,
} from './merchants.dto.js';
import { presentCreatedMerchant, presentMerchant } from './merchants.presenter.js';
import { MerchantsService } from './merchants.service.js';

@Controller('api/v1/merchants')
export class MerchantsController {
  constructor(private readonly merchants: MerchantsService) {}

  /**
   * Invite a merchant
   *
   * The link is good once, for two hours. With an address it also goes out by mail.
   */
  @Post('invite')
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
   * By the link of an invitation. A refused attempt leaves the link good. The first member has the role `user` and logs in by e-mail address.
   *
   * @throws {409} The e-mail address is taken.
   * @throws {410} The link was used already or has expired.
   */
  @Post('signup')
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
  @Requires(LEVELS.readOthers)
  async listMerchants(@Query() query: PageQuery): Promise<MerchantPage> {
    return presentPage(await this.merchants.list(query), query, presentMerchant);
  }

  /** Read your own merchant */
  @Get('me')
  @Requires(LEVELS.authenticate)
  async readOwnMerchant(@Caller() caller: Caller): Promise<MerchantView> {
    return presentMerchant(await this.merchants.find(caller.merchantId));
  }

  /**
   * Read a merchant
   *
   * @throws {404} There is no such merchant.
   */
  @Get(':id')
  @Requires(LEVELS.readOthers)
  async readMerchant(@Param('id') id: string): Promise<MerchantView> {
    return presentMerchant(await this.merchants.find(id));
  }

  /**
   * Block or unblock a merchant
   *
   * While it is blocked, its tokens and keys are refused at once, and its webhooks wait; unblocking brings them back.
   *
   * @throws {404} There is no such merchant.
   * @throws {409} It is your own.
   */
  @Patch(':id')
  @Requires(LEVELS.writeOthers)
  async updateMerchant(
    @Caller() caller: Caller,
    @Param('id') id: string,
    @Body() body: UpdateMerchantBody,
  ): Promise<MerchantView> {
    return presentMerchant(await this.merchants.setStatus(caller, id, body.status));
  }
}
