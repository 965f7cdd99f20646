import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeniedRequestsModule } from '../platform/http/denied-requests.module.js';
import { Account } from './account.entity.js';
import { AccountMails } from './mails/account-mails.js';
import { LoginNames } from './login-names.js';
import { LoginThrottle } from './passwords/login-throttle.js';
import { RecoveryService } from './own-account/recovery.service.js';
import { LastSeen } from './sessions/last-seen.js';
import { LoginSession } from './sessions/login-session.entity.js';
import { LoginSessions } from './sessions/login-sessions.js';
import { OldSessions } from './sessions/old-sessions.js';
import { FactorChallenge } from './second-factors/factor-challenge.entity.js';
import { Passkey } from './second-factors/passkey.entity.js';
import { RecoveryCode } from './second-factors/recovery-code.entity.js';
import { SecondFactors } from './second-factors/second-factors.js';
import { TotpFactor } from './second-factors/totp-factor.entity.js';
import { AccountsService } from './accounts.service.js';
import { FirstAdmin } from './first-admin.js';
import { Mailer } from './mails/mailer.js';
import { MailPace } from './mails/mail-pace.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { Merchant } from './merchant.entity.js';
import { IdlePolicyController } from './merchants/idle-policy.controller.js';
import { IdlePolicyService } from './merchants/idle-policy.service.js';
import { MerchantBatches } from './merchants/merchant-batches.js';
import { MerchantChanges } from './merchants/merchant-changes.js';
import { MerchantsController } from './merchants/merchants.controller.js';
import { MerchantsService } from './merchants/merchants.service.js';
import { SignInPolicyController } from './merchants/sign-in-policy.controller.js';
import { SignInPolicyService } from './merchants/sign-in-policy.service.js';
import { OldInvitations } from './old-invitations.js';
import { OneTimeLink } from './links/one-time-link.entity.js';
import { OneTimeLinks } from './links/one-time-links.js';
import { OwnerCheck } from './passwords/owner-check.js';
import { OwnerTransactions } from './passwords/owner-transactions.js';
import { OwnAccountController } from './own-account/own-account.controller.js';
import { OwnAccountService } from './own-account/own-account.service.js';
import { SignupPolicy } from './own-account/signup-policy.js';
import { SignupService } from './own-account/signup.service.js';
import { Passwords } from './passwords/passwords.js';

/** Merchants, their members, and the own account of each person. */
@Module({
  imports: [
    DeniedRequestsModule,
    TypeOrmModule.forFeature([
      Account,
      FactorChallenge,
      LoginSession,
      Merchant,
      OneTimeLink,
      Passkey,
      RecoveryCode,
      TotpFactor,
    ]),
  ],
  controllers: [
    IdlePolicyController,
    MerchantsController,
    MembersController,
    OwnAccountController,
    SignInPolicyController,
  ],
  providers: [
    AccountMails,
    AccountsService,
    FirstAdmin,
    IdlePolicyService,
    LastSeen,
    LoginNames,
    LoginSessions,
    LoginThrottle,
    Mailer,
    MailPace,
    MembersService,
    MerchantBatches,
    MerchantChanges,
    MerchantsService,
    OldInvitations,
    OldSessions,
    OneTimeLinks,
    OwnAccountService,
    OwnerCheck,
    OwnerTransactions,
    Passwords,
    RecoveryService,
    SignupPolicy,
    SecondFactors,
    SignInPolicyService,
    SignupService,
  ],
  exports: [
    TypeOrmModule,
    AccountMails,
    AccountsService,
    LastSeen,
    LoginNames,
    LoginSessions,
    LoginThrottle,
    Mailer,
    MembersService,
    MerchantBatches,
    MerchantChanges,
    MerchantsService,
    OneTimeLinks,
    OwnAccountService,
    OwnerTransactions,
    Passwords,
    RecoveryService,
    SecondFactors,
    SignupService,
  ],
})
export class AccountsModule {}
