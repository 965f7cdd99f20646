import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from './account.entity.js';
import { AccountsService } from './accounts.service.js';
import { FirstAdmin } from './first-admin.js';
import { Mailer } from './mailer.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { Merchant } from './merchant.entity.js';
import { MerchantsController } from './merchants/merchants.controller.js';
import { MerchantsService } from './merchants/merchants.service.js';
import { OneTimeLinks } from './one-time-links.js';
import { OwnAccountController } from './own-account/own-account.controller.js';
import { OwnAccountService } from './own-account/own-account.service.js';
import { SignupService } from './own-account/signup.service.js';
import { Passwords } from './passwords.js';

/** Who there is: merchants, their members, and what people do with their own account. */
@Module({
  imports: [TypeOrmModule.forFeature([Account, Merchant])],
  controllers: [MerchantsController, MembersController, OwnAccountController],
  providers: [
    AccountsService,
    FirstAdmin,
    Mailer,
    MembersService,
    MerchantsService,
    OneTimeLinks,
    OwnAccountService,
    Passwords,
    SignupService,
  ],
  exports: [AccountsService, Mailer, MembersService, Passwords, SignupService],
})
export class AccountsModule {}
