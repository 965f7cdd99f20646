import { randomInt, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { ROLE_NAMES, ROLES } from '../../access/levels.js';
import type { Actor } from '../../platform/events/actor.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { EventTarget } from '../../platform/events/domain-event.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { isDuplicate } from '../../platform/database/engine-errors.js';
import { sliceOf, type PageQuery } from '../../platform/http/paging/page.dto.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { readRow } from '../../platform/database/rows.js';
import { Account, STATUS } from '../account.entity.js';
import { AccountsService } from '../accounts.service.js';
import { AccountMails } from '../account-mails.js';
import { keyOf } from '../login-names.js';
import { Merchant, type MerchantStatus } from '../merchant.entity.js';
import { OneTimeLinks } from '../one-time-links.js';
import { Passwords } from '../passwords.js';
import { TenantKeys } from '../tenant-keys.js';
import type { SignUpMerchantBody } from './merchants.dto.js';
import { NOTHING } from '../../platform/events/invalidation.js';

const INVITATION_SECONDS = 7200;

/** The most client ids to try; with a million merchants, the first one is free in 99 of 100 cases. */
const CLIENT_ID_ATTEMPTS = 10;

/** Invites, signs up, reads and blocks merchants. */
@Injectable()
export class MerchantsService {
  constructor(
    @InjectRepository(Merchant) private readonly merchants: Repository<Merchant>,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly keys: TenantKeys,
    private readonly links: OneTimeLinks,
    private readonly mails: AccountMails,
    private readonly passwords: Passwords,
    private readonly transactions: Transactions,
  ) {}

  /** Creates a link by which one merchant can sign up, and mails it if there is an address. */
  async invite(caller: Caller, origin: string, email?: string): Promise<{ signupLink: string; expiresIn: number }> {
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
    if (email) this.mails.inviteMerchant(caller, email, mailedToken);
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

  async create(tx: Transaction, actor: Actor, name: string, details: Merchant['details'] = {}): Promise<Merchant> {
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
        idleAfterDays: null,
        idleDisableAfterDays: null,
        idleDeleteAfterDays: null,
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

  /**
   * Blocks or unblocks a merchant.
   *
   * @throws {DomainError} `merchant.not_found`; `merchant.own` when the caller would block its own merchant;
   *   `access.level_lacking` when a member or a restored key is above the caller
   */
  async setStatus(caller: Caller, id: string, status: MerchantStatus): Promise<Merchant> {
    if (id === caller.merchantId && status === 'blocked') throw new DomainError('merchant.own');
    await this.transactions.run(async (tx) => {
      const merchant = await lockRow(tx.manager, Merchant, id);
      if (!merchant) throw new DomainError('merchant.not_found');
      await this.assertNoMemberAbove(tx, caller, id);
      if (status === 'active' && merchant.status !== 'active')
        await this.keys.assertCanRestore(tx, caller, { merchantId: id });
      await this.writeStatus(tx, caller, merchant, status);
    });
    return this.find(id);
  }

  /**
   * Blocks a merchant, whoever its members are.
   *
   * @throws {DomainError} `merchant.not_found`
   */
  async block(tx: Transaction, actor: Actor, id: string): Promise<void> {
    const merchant = await lockRow(tx.manager, Merchant, id);
    if (!merchant) throw new DomainError('merchant.not_found');
    await this.writeStatus(tx, actor, merchant, 'blocked');
  }

  private async writeStatus(tx: Transaction, actor: Actor, merchant: Merchant, status: MerchantStatus): Promise<void> {
    const { id } = merchant;
    await tx.manager.update(Merchant, { id }, { status, updatedAt: this.clock.now() });
    const changes = changesBetween(merchant, { ...merchant, status }, ['status']);
    await tx.publish({
      ...merchantTarget(merchant),
      name: 'merchant.updated',
      actor,
      details: { status, statusBefore: merchant.status, changes },
      invalidates: [{ kind: 'merchant', id, revokes: status === 'blocked' ? 'permissions' : 'nothing' }],
    });
  }

  private async assertNoMemberAbove(tx: Transaction, caller: Caller, merchantId: string): Promise<void> {
    const rolesAbove = ROLE_NAMES.filter((role) => ROLES[role] > caller.level);
    const isAbove = await tx.manager.existsBy(Account, { merchantId, role: In(rolesAbove), deletedAt: IsNull() });
    if (isAbove) throw new DomainError('access.level_lacking');
  }
}

const merchantTarget = ({ id }: Pick<Merchant, 'id'>): EventTarget => ({
  merchantId: id,
  targetType: 'merchant',
  targetId: id,
});
