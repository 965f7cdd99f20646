import { Injectable } from '@nestjs/common';
import { ROLES } from '../../access/levels.js';
import { Config } from '../../platform/config/config.js';
import type { Actor } from '../../platform/events/actor.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Account, STATUS } from '../account.entity.js';
import { AccountMails } from '../mails/account-mails.js';
import { AccountsService } from '../accounts.service.js';
import { keyOf, LoginNames } from '../login-names.js';
import { Merchant } from '../merchant.entity.js';
import { MerchantsService } from '../merchants/merchants.service.js';
import { OneTimeLinks, type FoundLink } from '../links/one-time-links.js';
import { assertLongEnough } from '../passwords/password-rules.js';
import { Passwords } from '../passwords/passwords.js';
import { SignupPolicy } from './signup-policy.js';
import type { ConfirmSignUpBody, SignUpAnswer, SignUpBody } from './own-account.dto.js';

/** The role of people who sign up. */
const ROLE = 'user';

/** What a person chooses with the confirmation. */
type Chosen = Pick<Account, 'consent' | 'passwordHash'>;

const CONFIRMATION_SECONDS = 7 * DAY_SECONDS;

/** Signs people up by themselves: each gets an account and a merchant of its own, once the address is confirmed. */
@Injectable()
export class SignupService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly links: OneTimeLinks,
    private readonly mails: AccountMails,
    private readonly merchants: MerchantsService,
    private readonly names: LoginNames,
    private readonly passwords: Passwords,
    private readonly policy: SignupPolicy,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Responds alike for known, unknown and uninvited addresses, after the same statements; only the owner of the address learns which, by mail.
   *
   * @throws {DomainError} `signup.closed`
   */
  async signUp(visitor: Actor, { email, language, unittest }: SignUpBody): Promise<SignUpAnswer> {
    this.mails.assertReachable();
    const confirmation = this.links.newToken();
    const isAdmitted = await this.policy.admits(email);
    const known = await this.names.find(email);
    const isKnown = known !== null && known.emailVerifiedAt !== null;
    // Earlier links stay valid: whoever else asks for one can have the owner's mail delayed, and must not void the one before. Nobody has the
    // token of a link that is issued to somebody who may not sign up.
    await this.transactions.run((tx) =>
      this.links.issue(tx, isAdmitted ? confirmation : this.links.newToken(), {
        purpose: 'account_signup',
        ttlSeconds: CONFIRMATION_SECONDS,
        email,
        language,
      }),
    );
    if (isKnown) this.mails.knownAddress(visitor, email);
    else if (isAdmitted) this.mails.confirmSignup(visitor, email, confirmation);
    return { email, ...(unittest === true && this.config.ALLOW_UNITTEST_SIGNUP && { confirmation }) };
  }

  /**
   * Creates the account of an address, and its merchant.
   *
   * @throws {DomainError} `password.too_short`, `confirmation.not_found`, or `access.account_inactive` while the merchant is blocked, which leaves the id valid
   */
  async confirm(visitor: Actor, confirmation: string, { consent, password }: ConfirmSignUpBody): Promise<Account> {
    if (password != null) assertLongEnough(password, ROLES[ROLE]);
    await this.links.assertValid(confirmation, 'account_signup', 'confirmation.not_found');
    const passwordHash = password == null ? null : await this.passwords.hash(password, visitor.address);
    const chosen = { consent, passwordHash };
    return this.transactions.run(async (tx) => {
      const link = await this.links.use(tx, confirmation, 'account_signup');
      if (!link) throw new DomainError('confirmation.not_found');
      if (link.accountId !== null) return this.activate(tx, visitor, link.accountId, chosen);
      return this.create(tx, visitor, link, chosen).catch((error: unknown) => {
        // The address has got an account in the meantime.
        throw error instanceof DomainError && error.code === 'email.taken'
          ? new DomainError('confirmation.not_found')
          : error;
      });
    });
  }

  private async create(
    tx: Transaction,
    visitor: Actor,
    { email, language }: FoundLink,
    chosen: Chosen,
  ): Promise<Account> {
    if (email === null) throw new DomainError('confirmation.not_found');
    const merchant = await this.merchants.create(tx, visitor, keyOf(email).slice(0, 200));
    return this.accounts.create(tx, visitor, {
      merchantId: merchant.id,
      email,
      emailVerifiedAt: this.clock.now(),
      ...(language !== null && { language }),
      role: ROLE,
      status: STATUS.active,
      ...chosen,
    });
  }

  /** Activates an account that was created before its address was confirmed, as version 0.1 did. */
  private async activate(tx: Transaction, visitor: Actor, accountId: number, chosen: Chosen): Promise<Account> {
    const account = await lockRow(tx.manager, Account, accountId);
    if (account?.deletedAt !== null || account.status !== STATUS.notYet)
      throw new DomainError('confirmation.not_found');
    const merchant = await tx.manager.findOneBy(Merchant, { id: account.merchantId });
    if (merchant?.status !== 'active') throw new DomainError('access.account_inactive');
    return this.accounts.change(tx, visitor, account.id, {
      email: { address: account.email, isProven: true },
      status: STATUS.active,
      ...chosen,
    });
  }
}
