import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { IsNull, Not, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { Account, STATUS } from '../../accounts/account.entity.js';
import { AccountsService } from '../../accounts/accounts.service.js';
import { keyOf } from '../../accounts/login-names.js';
import { MembersService } from '../../accounts/members/members.service.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { isDuplicate } from '../../platform/database/engine-errors.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { Clock } from '../../platform/runtime/clock.js';
import { NewAccounts } from './new-accounts.js';
import { OidcCompletedSignIn } from './oidc-completed-sign-in.entity.js';
import { computeIdentityId, OidcIdentity } from './oidc-identity.entity.js';
import type { Person } from './person.js';
import { SIGN_IN_SECONDS } from './sign-in-cookie.js';

/** The accounts of people whom the provider has signed in. */
@Injectable()
export class OidcAccounts {
  constructor(
    @InjectEntityManager() private readonly manager: EntityManager,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly newAccounts: NewAccounts,
    private readonly transactions: Transactions,
  ) {}

  /** Finds the account of a person without changing anything: the one that is linked, or else the owner of the verified address. */
  async find(issuer: string, subject: string, email: string | null): Promise<Account | null> {
    return (
      (await findLinked(this.manager, issuer, subject)) ?? (email === null ? null : findOwner(this.manager, email))
    );
  }

  /**
   * Completes a sign-in, which cannot be completed again. The account is the one that is linked to the person, else the owner of the verified
   * address, else a new one. It gets the role that the provider determines.
   *
   * @param state the sign-in's `state` parameter
   * @throws {DomainError} `oidc.state_invalid`, `oidc.account_unknown`, `oidc.subject_mismatch`, `access.account_inactive`,
   *   `member.last_manager` or `member.last_admin`
   */
  async signIn(visitor: Actor, person: Person, state: string): Promise<Account> {
    const attempt = () => this.transactions.run((tx) => this.signInWithin(tx, visitor, person, state));
    return attempt().catch((error: unknown) => {
      // Another sign-in of the same person was faster, and its account is the person's.
      const isLate = isDuplicate(error) || (error instanceof DomainError && error.code === 'email.taken');
      if (!isLate) throw error;
      return attempt();
    });
  }

  private async signInWithin(tx: Transaction, visitor: Actor, person: Person, state: string): Promise<Account> {
    await this.complete(tx, state);
    const linked = await findLinked(tx.manager, person.issuer, person.subject);
    const found = linked ?? (await findOwner(tx.manager, person.email));
    const account = found
      ? await this.update(tx, visitor, found, person)
      : await this.newAccounts.admit(tx, visitor, person);
    if (!linked) await this.link(tx, visitor, account, person);
    return account;
  }

  /** Records that a sign-in has been completed. */
  private async complete(tx: Transaction, state: string): Promise<void> {
    const id = createHash('sha256').update(state).digest('hex');
    const row = { id, expiresAt: this.clock.in(SIGN_IN_SECONDS) };
    await tx.manager.insert(OidcCompletedSignIn, row).catch((error: unknown) => {
      throw isDuplicate(error) ? new DomainError('oidc.state_invalid') : error;
    });
  }

  /** Gives an active account the role that the provider determines. */
  private async update(tx: Transaction, visitor: Actor, found: Account, { role }: Person): Promise<Account> {
    // As every change of a member's role, this one excludes others in the same merchant.
    const merchant =
      role === null
        ? await tx.manager.findOneBy(Merchant, { id: found.merchantId })
        : await lockRow(tx.manager, Merchant, found.merchantId);
    const account = await lockRow(tx.manager, Account, found.id);
    const isActive = account?.deletedAt === null && account.status === STATUS.active;
    if (!isActive || merchant?.status !== 'active') throw new DomainError('access.account_inactive');
    if (role === null || role === account.role) return account;
    await this.members.assertDispensable(tx, account, account, role);
    return this.accounts.change(tx, visitor, account.id, { role });
  }

  /** Links an account to the person, so that it stays the person's when the address changes. */
  private async link(tx: Transaction, visitor: Actor, account: Account, { issuer, subject }: Person): Promise<void> {
    // Addresses are given to other people in the course of time, subjects never.
    if (await tx.manager.existsBy(OidcIdentity, { accountId: account.id, issuer }))
      throw new DomainError('oidc.subject_mismatch');
    const id = computeIdentityId(issuer, subject);
    // The link of an account that has been deleted.
    await tx.manager.delete(OidcIdentity, { id });
    await tx.manager.insert(OidcIdentity, { id, issuer, subject, accountId: account.id, createdAt: this.clock.now() });
    await tx.publish({
      name: 'account.identity_linked',
      actor: visitor,
      merchantId: account.merchantId,
      targetType: 'account',
      targetId: account.uuid,
      details: { issuer, subject },
      invalidates: NOTHING,
    });
  }
}

async function findLinked(manager: EntityManager, issuer: string, subject: string): Promise<Account | null> {
  const identity = await manager.findOneBy(OidcIdentity, { id: computeIdentityId(issuer, subject) });
  return identity && findAccount(manager, { id: identity.accountId });
}

/** Finds the account that has proven that an address is its own. */
const findOwner = (manager: EntityManager, email: string): Promise<Account | null> =>
  findAccount(manager, { emailKey: keyOf(email), emailVerifiedAt: Not(IsNull()) });

const findAccount = (manager: EntityManager, where: FindOptionsWhere<Account>): Promise<Account | null> =>
  manager.findOneBy(Account, { ...where, deletedAt: IsNull() });
