import { Body, Controller, Get, HttpCode, Param, Post, Query, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Visitor } from '../access/caller.js';
import { MembersService } from '../accounts/members/members.service.js';
import { MerchantsService } from '../accounts/merchants/merchants.service.js';
import { OwnAccountService } from '../accounts/own-account/own-account.service.js';
import { RecoveryService } from '../accounts/own-account/recovery.service.js';
import { SignupService } from '../accounts/own-account/signup.service.js';
import type { Actor } from '../platform/events/actor.js';
import { renderMessage } from './layout.js';
import { LinkPages } from './link-pages.service.js';
import { Page } from './page.js';
import { PageFilter } from './page.filter.js';
import {
  LinkForm,
  MemberSignupForm,
  MerchantSignupForm,
  RecoveryForm,
  RecoveryRequestForm,
  SignupConfirmationForm,
} from './pages.dto.js';
import { Forms } from './render-form.js';

const LOG_IN = 'You can log in with your e-mail address and your password.';

/** The pages that links in mails lead to, and the forms in them. They work without scripts; the API has an operation for each. */
@Controller()
@ApiExcludeController()
@UseFilters(PageFilter)
export class PagesController {
  constructor(
    private readonly forms: Forms,
    private readonly links: LinkPages,
    private readonly members: MembersService,
    private readonly merchants: MerchantsService,
    private readonly ownAccount: OwnAccountService,
    private readonly recovery: RecoveryService,
    private readonly signup: SignupService,
  ) {}

  @Get('api/v1/members/signup')
  @Page('memberSignup')
  showMemberSignup(@Query('token') token: unknown): Promise<string> {
    return this.links.show('memberSignup', token);
  }

  @Post('pages/members/signup')
  @Page('memberSignup')
  async signUpMember(@Visitor() visitor: Actor, @Body() { token, ...person }: MemberSignupForm): Promise<string> {
    await this.members.signUp(visitor, token, person);
    return this.forms.renderDone('You have joined your team', LOG_IN);
  }

  @Get('api/v1/merchants/signup')
  @Page('merchantSignup')
  showMerchantSignup(@Query('token') token: unknown): Promise<string> {
    return this.links.show('merchantSignup', token);
  }

  @Post('pages/merchants/signup')
  @Page('merchantSignup')
  async signUpMerchant(
    @Visitor() visitor: Actor,
    @Body() { token, legalBusinessName, ...admin }: MerchantSignupForm,
  ): Promise<string> {
    await this.merchants.signUp(visitor, token, { organization: { legalBusinessName }, admin });
    return this.forms.renderDone('Your company has signed up', LOG_IN);
  }

  @Get('confirm/signup/:id')
  @Page('signupConfirmation')
  showSignupConfirmation(@Param('id') id: string): Promise<string> {
    return this.links.show('signupConfirmation', id);
  }

  @Post('pages/confirm/signup')
  @Page('signupConfirmation')
  async confirmSignup(@Visitor() visitor: Actor, @Body() { token, password }: SignupConfirmationForm): Promise<string> {
    await this.signup.confirm(visitor, token, { consent: 1, password });
    return this.forms.renderDone('Your account is ready', LOG_IN);
  }

  @Get('confirm/email/:id')
  @Page('emailConfirmation')
  showEmailConfirmation(@Param('id') id: string): Promise<string> {
    return this.links.show('emailConfirmation', id);
  }

  @Post('pages/confirm/email')
  @Page('emailConfirmation')
  async confirmEmail(@Visitor() visitor: Actor, @Body() { token }: LinkForm): Promise<string> {
    const { email } = await this.ownAccount.confirmEmail(visitor, token);
    return this.forms.renderDone('Your e-mail address is confirmed', `Your account uses ${email}.`);
  }

  @Get('recover')
  @Page('recoveryRequest')
  showRecoveryRequest(): string {
    return this.forms.render('recoveryRequest', {});
  }

  @Post('pages/recover')
  @HttpCode(200)
  @Page('recoveryRequest')
  async requestRecovery(@Visitor() visitor: Actor, @Body() { email }: RecoveryRequestForm): Promise<string> {
    await this.recovery.request(visitor, email);
    return renderMessage('Check your mail', `If an account uses ${email}, a link is on its way to you.`);
  }

  @Get('confirm/recovery/:id')
  @Page('recovery')
  showRecovery(@Param('id') id: string): Promise<string> {
    return this.links.show('recovery', id);
  }

  @Post('pages/confirm/recovery')
  @Page('recovery')
  async setNewPassword(@Visitor() visitor: Actor, @Body() { token, password }: RecoveryForm): Promise<string> {
    await this.recovery.recover(visitor, token, password);
    return this.forms.renderDone('Your password is set', LOG_IN);
  }
}
