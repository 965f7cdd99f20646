import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import type { Actor } from '../../platform/events/actor.js';
import { DAY_SECONDS } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Account, STATUS } from '../account.entity.js';
import { AccountsService, keyOf } from '../accounts.service.js';
import { Mailer } from '../mailer.js';
import { Merchant } from '../merchant.entity.js';
import { MerchantsService } from '../merchants/merchants.service.js';
import { OneTimeLink } from '../one-time-link.entity.js';
import { OneTimeLinks } from '../one-time-links.js';
import type { SignUpAnswer, SignUpBody } from './own-account.dto.js';

const CONFIRMATION_SECONDS = 7 * DAY_SECONDS;

/** Signs people up by themselves: each gets an account and a merchant of its own. */
@Injectable()
export class SignupService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly config: Config,
    private readonly links: OneTimeLinks,
    private readonly mailer: Mailer,
    private readonly merchants: MerchantsService,
    private readonly transactions: Transactions,
  ) {}

  /** Responds alike for known and unknown addresses; only the owner of the address learns which, by mail. */
  async signUp(visitor: Actor, { email, language, unittest }: SignUpBody): Promise<SignUpAnswer> {
    const confirmation = this.links.newToken();
    const isWaiting = await this.transactions
      .run((tx) => this.prepare(tx, visitor, email, language, confirmation))
      .catch((error: unknown) => {
        // The same address was signed up at the same moment.
        if (error instanceof DomainError && error.code === 'email.taken') return false;
        throw error;
      });
    const url = this.config.publicUrl;
    const text = isWaiting
      ? `Your confirmation id is ${confirmation}. Send {"consent": 1} by POST to:\n${url}/confirm/signup/${confirmation}`
      : `You have an account already. Log in at:\n${url}/login`;
    this.mailer.send({ to: email, subject: 'Your Keywright account', text, requestId: visitor.requestId });
    return { email, ...(unittest === true && this.config.ALLOW_UNITTEST_SIGNUP && { confirmation }) };
  }

  /**
   * Activates a new account.
   *
   * @throws {DomainError} `confirmation.not_found`, or `access.account_inactive` while its merchant is blocked, which leaves the id valid
   */
  confirm(visitor: Actor, confirmation: string, consent: number): Promise<Account> {
    return this.transactions.run(async (tx) => {
      const link = await this.links.use(tx, confirmation, 'account_signup');
      const account = link?.accountId ? await lockRow(tx.manager, Account, link.accountId) : null;
      if (account?.deletedAt !== null || account.status !== STATUS.notYet) {
        throw new DomainError('confirmation.not_found');
      }
      const merchant = await tx.manager.findOneBy(Merchant, { id: account.merchantId });
      if (merchant?.status !== 'active') throw new DomainError('access.account_inactive');
      return this.accounts.change(tx, visitor, account.id, { status: STATUS.active, consent });
    });
  }

  /** Prepares the confirmation of an address; returns whether the address waits for it. */
  private async prepare(
    tx: Transaction,
    visitor: Actor,
    email: string,
    language: string,
    confirmation: string,
  ): Promise<boolean> {
    const known = await this.accounts.findByLogin({ email });
    if (known && !(await this.isUnconfirmed(tx, known))) return false;
    if (known) await this.links.withdraw(tx, known.id, 'account_signup');
    const account = known ?? (await this.create(tx, visitor, email, language));
    await this.links.issue(tx, confirmation, {
      purpose: 'account_signup',
      ttlSeconds: CONFIRMATION_SECONDS,
      accountId: account.id,
    });
    return true;
  }

  private async create(tx: Transaction, visitor: Actor, email: string, language: string): Promise<Account> {
    const merchant = await this.merchants.create(tx, visitor, keyOf(email).slice(0, 200));
    const draft = {
      merchantId: merchant.id,
      email,
      language,
      role: 'user',
      status: STATUS.notYet,
      consent: 0,
    } as const;
    return this.accounts.create(tx, visitor, draft);
  }

  private isUnconfirmed(tx: Transaction, { id, status }: Account): Promise<boolean> {
    if (status !== STATUS.notYet) return Promise.resolve(false);
    return tx.manager.existsBy(OneTimeLink, { accountId: id, purpose: 'account_signup' });
  }
}
