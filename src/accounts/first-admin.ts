import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { MAX_LEVEL } from '../access/levels.js';
import { ConfigError } from '../platform/config/config-error.js';
import { Config } from '../platform/config/config.js';
import { SYSTEM } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { Clock, DAY_SECONDS } from '../platform/runtime/clock.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { Account, STATUS } from './account.entity.js';
import { AccountMails } from './mails/account-mails.js';
import { AccountsService } from './accounts.service.js';
import { MerchantsService } from './merchants/merchants.service.js';
import type { OneTimeLink } from './links/one-time-link.entity.js';
import { OneTimeLinks } from './links/one-time-links.js';
import { isWeak } from './passwords/password-rules.js';
import { Passwords } from './passwords/passwords.js';

/** How to log in to the first account. Of the password and the link, at most one is there. */
export interface FirstLogin {
  username: string;
  /** The password, if it was generated; it is shown once. */
  generatedPassword: string | null;
  /** In production, where a log may be read by others: a link, valid once, with which the password is set. */
  link: string | null;
}

/** Each start renews the link until it has been used. */
const LINK_SECONDS = DAY_SECONDS;

/** The first account of a new server. */
@Injectable()
export class FirstAdmin {
  constructor(
    @InjectRepository(Account) private readonly repository: Repository<Account>,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly links: OneTimeLinks,
    private readonly mails: AccountMails,
    private readonly merchants: MerchantsService,
    private readonly passwords: Passwords,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Creates the first account, or renews its link.
   *
   * @returns `null` when there is an account already that can log in, even if another instance has just created it
   * @throws {ConfigError} when ADMIN_PASSWORD is too weak for a new account
   */
  async ensure(): Promise<FirstLogin | null> {
    if (await this.repository.exists()) return this.renewLink();
    const { ADMIN_USERNAME: username, ADMIN_EMAIL: email, ADMIN_PASSWORD, isProduction } = this.config;
    if (ADMIN_PASSWORD !== undefined && isWeak(ADMIN_PASSWORD, MAX_LEVEL))
      throw new ConfigError('ADMIN_PASSWORD must have 12 to 200 characters and must not be a common password.');
    const password = ADMIN_PASSWORD ?? (isProduction ? null : this.passwords.generate());
    const passwordHash = password === null ? null : await this.passwords.hash(password, null);
    const token = this.links.newToken();
    try {
      await this.transactions.run(async (tx) => {
        const merchant = await this.merchants.create(tx, SYSTEM, 'Keywright', {}, null);
        const { id: accountId } = await this.accounts.create(tx, SYSTEM, {
          merchantId: merchant.id,
          username,
          email,
          emailVerifiedAt: this.clock.now(),
          passwordHash,
          role: 'admin',
          status: STATUS.active,
          consent: 1,
        });
        if (password === null) await this.issue(tx, token, accountId);
      });
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
    const generatedPassword = ADMIN_PASSWORD === undefined ? password : null;
    return { username, generatedPassword, link: password === null ? this.mails.recoveryLink(token) : null };
  }

  /** Replaces the link of an administrator who has neither a password nor ever logged in. */
  private async renewLink(): Promise<FirstLogin | null> {
    if (!this.config.isProduction) return null;
    const unused = { role: 'admin' as const, passwordHash: IsNull(), lastLoginAt: IsNull(), deletedAt: IsNull() };
    const [first] = await this.repository.find({ where: unused, order: { id: 'ASC' }, take: 1 });
    if (first?.status !== STATUS.active || first.id !== (await this.repository.minimum('id'))) return null;
    const token = this.links.newToken();
    await this.transactions.run(async (tx) => {
      await this.links.withdraw(tx, { accountId: first.id, purpose: 'recovery' });
      await this.issue(tx, token, first.id);
    });
    return { username: first.username, generatedPassword: null, link: this.mails.recoveryLink(token) };
  }

  private issue(tx: Transaction, token: string, accountId: number): Promise<OneTimeLink> {
    return this.links.issue(tx, token, { purpose: 'recovery', ttlSeconds: LINK_SECONDS, accountId });
  }
}
