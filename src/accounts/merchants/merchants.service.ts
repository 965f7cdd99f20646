import { randomInt, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { Config } from '../../platform/config/config.js';
import type { Actor } from '../../platform/events/actor.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { EventTarget } from '../../platform/events/domain-event.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { isDuplicate } from '../../platform/database/engine-errors.js';
import { sliceOf, type PageQuery } from '../../platform/http/paging/page.dto.js';
import { readRow } from '../../platform/database/rows.js';
import { STATUS } from '../account.entity.js';
import { AccountsService } from '../accounts.service.js';
import { AccountMails } from '../mails/account-mails.js';
import { keyOf } from '../login-names.js';
import { Merchant } from '../merchant.entity.js';
import { OneTimeLinks } from '../links/one-time-links.js';
import { Passwords } from '../passwords/passwords.js';
import { readMerchantScopes } from './merchant-scopes.js';
import type { SignUpMerchantBody } from './merchants.dto.js';
import { NOTHING } from '../../platform/events/invalidation.js';

const INVITATION_SECONDS = 7200;

/** The most client ids to try; with a million merchants, the first one is free in 99 of 100 cases. */
const CLIENT_ID_ATTEMPTS = 10;

/** Invites, signs up and reads merchants. */
@Injectable()
export class MerchantsService {
  constructor(
    @InjectRepository(Merchant) private readonly merchants: Repository<Merchant>,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly links: OneTimeLinks,
    private readonly mails: AccountMails,
    private readonly passwords: Passwords,
    private readonly transactions: Transactions,
  ) {}

  /** Creates a link by which one merchant can sign up, and mails it if there is an address. */
  async invite(caller: Caller, origin: string, email?: string): Promise<{ signupLink: string; expiresIn: number }> {
    const inviter = await this.find(caller.merchantId);
    const token = this.links.newToken();
    const mailedToken = this.links.newToken();
    await this.transactions.run(async (tx) => {
      const link = await this.links.issue(tx, token, {
        purpose: 'merchant_signup',
        ttlSeconds: INVITATION_SECONDS,
        email,
        mailedToken,
      });
      await tx.publish({
        name: 'link.issued',
        actor: caller,
        merchantId: caller.merchantId,
        targetType: 'link',
        targetId: link.id,
        details: { purpose: link.purpose, email: link.email },
        invalidates: NOTHING,
      });
    });
    if (email) this.mails.inviteMerchant(caller, email, mailedToken, inviter.name);
    return { signupLink: `${origin}/api/v1/merchants/signup?token=${token}`, expiresIn: INVITATION_SECONDS };
  }

  /**
   * Signs a merchant up, with its first member, whose address is proven if the link was mailed to it. A refusal leaves the link valid.
   *
   * @throws {DomainError} `link.gone` or `email.taken`
   */
  async signUp(visitor: Actor, token: string, { organization, admin }: SignUpMerchantBody): Promise<Merchant> {
    await this.links.assertValid(token, 'merchant_signup');
    const passwordHash = await this.passwords.hash(admin.password, visitor.address);
    const { legalBusinessName, ...details } = organization;
    const confirmation = this.links.newToken();
    const [signedUp, account] = await this.transactions.run(async (tx) => {
      const link = await this.links.use(tx, token, 'merchant_signup');
      if (!link) throw new DomainError('link.gone');
      const merchant = await this.create(tx, visitor, legalBusinessName.trim(), details);
      const isProven = link.isMailed && link.email !== null && keyOf(link.email) === keyOf(admin.email);
      const account = await this.accounts.create(tx, visitor, {
        merchantId: merchant.id,
        username: admin.email,
        email: admin.email,
        emailVerifiedAt: isProven ? this.clock.now() : null,
        passwordHash,
        firstName: admin.firstName,
        lastName: admin.lastName,
        role: 'user',
        status: STATUS.active,
        consent: 1,
      });
      if (!isProven) await this.links.issueConfirmation(tx, confirmation, account);
      return [merchant, account] as const;
    });
    if (account.emailVerifiedAt === null) this.mails.confirmAddress(visitor, account.email, confirmation);
    return signedUp;
  }

  /** @param scopes the scopes that the merchant is given; by default those of new merchants */
  async create(
    tx: Transaction,
    actor: Actor,
    name: string,
    details: Merchant['details'] = {},
    scopes: Merchant['scopes'] = readMerchantScopes(this.config.MERCHANT_SCOPES),
  ): Promise<Merchant> {
    const now = this.clock.now();
    for (let attempt = 1; ; attempt += 1) {
      const clientId = String(randomInt(10_000_000, 100_000_000));
      if (await tx.manager.existsBy(Merchant, { clientId })) continue;
      const merchant = {
        id: randomUUID(),
        clientId,
        name,
        status: 'active' as const,
        details,
        scopes,
        idleAfterDays: null,
        idleDisableAfterDays: null,
        idleDeleteAfterDays: null,
        keyMaxLifeSeconds: null,
        keyDefaultLifeSeconds: null,
        keyExpiryRequired: false,
        secondFactorDemandedAt: null,
        createdAt: now,
        updatedAt: now,
      };
      try {
        await tx.manager.insert(Merchant, merchant);
      } catch (error) {
        if (!isDuplicate(error) || attempt === CLIENT_ID_ATTEMPTS) throw error;
        continue;
      }
      await tx.publish({
        ...merchantTarget(merchant),
        name: 'merchant.created',
        actor,
        details: { name, clientId },
        invalidates: NOTHING,
      });
      return tx.manager.create(Merchant, merchant);
    }
  }

  list(query: PageQuery): Promise<[Merchant[], number]> {
    return this.merchants.findAndCount({ order: { createdAt: 'ASC', id: 'ASC' }, ...sliceOf(query) });
  }

  /** @throws {DomainError} `merchant.not_found` */
  async find(id: string): Promise<Merchant> {
    const merchant = await readRow(this.merchants.manager, Merchant, id);
    if (!merchant) throw new DomainError('merchant.not_found');
    return merchant;
  }
}

/** The target of every event about a merchant. */
export const merchantTarget = ({ id }: Pick<Merchant, 'id'>): EventTarget => ({
  merchantId: id,
  targetType: 'merchant',
  targetId: id,
});
