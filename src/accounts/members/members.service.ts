import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Not, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { LEVELS, ROLE_NAMES, ROLES, type Role } from '../../access/levels.js';
import { assertMembersAccess } from '../../access/tenant-access.js';
import type { Actor } from '../../platform/events/actor.js';
import { DAY_SECONDS } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions, type Transaction } from '../../platform/database/transactions/transactions.js';
import { sliceOf } from '../../platform/http/paging/page.dto.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { Account, STATUS } from '../account.entity.js';
import { AccountsService, type AccountChanges } from '../accounts.service.js';
import { Mailer } from '../mailer.js';
import { Merchant } from '../merchant.entity.js';
import { OneTimeLinks } from '../one-time-links.js';
import { Passwords } from '../passwords.js';
import type { InviteMemberBody, ListMembersQuery, SignUpMemberBody, UpdateMemberBody } from './members.dto.js';

/** To be removed is more than to be disabled, and is allowed where that is. */
export const REMOVAL: UpdateMemberBody = { status: 'disabled' };

const INVITATION_SECONDS = 7 * DAY_SECONDS;

/** Roles that can manage a merchant's things. */
const MANAGERS = ROLE_NAMES.filter((role) => ROLES[role] >= LEVELS.writeOwn);

/** What is done, or looked at, in the transaction that changes a member, once it is known that the change is allowed. */
export type Beside<T> = (tx: Transaction, member: Account) => Promise<T>;

/** The people and machines of a merchant. Nobody gives a role above their own, or touches somebody above themselves. */
@Injectable()
export class MembersService {
  constructor(
    @InjectRepository(Account) private readonly members: Repository<Account>,
    private readonly accounts: AccountsService,
    private readonly links: OneTimeLinks,
    private readonly mailer: Mailer,
    private readonly passwords: Passwords,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Adds a member who still has to choose a password.
   *
   * @throws {DomainError} `access.level_lacking` for a role above the caller's, or `email.taken`
   */
  async invite(
    caller: Caller,
    origin: string,
    { email, role }: InviteMemberBody,
  ): Promise<{ member: Account; signupLink: string }> {
    assertNotAbove(caller, role);
    const token = this.links.newToken();
    const member = await this.transactions.run(async (tx) => {
      const account = await this.accounts.create(tx, caller, {
        merchantId: caller.merchantId,
        username: email,
        email,
        role,
        status: STATUS.notYet,
        consent: 0,
      });
      await this.links.issue(tx, token, {
        purpose: 'member_signup',
        ttlSeconds: INVITATION_SECONDS,
        accountId: account.id,
      });
      return account;
    });
    const signupLink = `${origin}/api/v1/members/signup?token=${token}`;
    const text = `Sign up within a week:\n${signupLink}`;
    this.mailer.send({ to: email, subject: 'Your invitation', text, requestId: caller.requestId });
    return { member, signupLink };
  }

  /**
   * Makes an invited member an active one.
   *
   * @throws {DomainError} `link.gone`
   */
  async signUp(visitor: Actor, token: string, { password, firstName, lastName }: SignUpMemberBody): Promise<Account> {
    const passwordHash = await this.passwords.hash(password);
    return this.transactions.run(async (tx) => {
      const link = await this.links.use(tx, token, 'member_signup');
      const member = link?.accountId ? await tx.manager.findOneBy(Account, { id: link.accountId }) : null;
      if (member?.deletedAt !== null || member.status !== STATUS.notYet) throw new DomainError('link.gone');
      return this.accounts.change(tx, visitor, member.id, {
        passwordHash,
        firstName,
        lastName,
        status: STATUS.active,
        consent: 1,
      });
    });
  }

  /** @throws {DomainError} `access.other_owner` for another merchant's, below level 7 */
  async list(
    caller: Caller,
    { merchantId = caller.merchantId, ...query }: ListMembersQuery,
  ): Promise<[Account[], number]> {
    assertMembersAccess(caller, merchantId);
    const where = { merchantId, deletedAt: IsNull() };
    return this.members.findAndCount({ where, order: { id: 'ASC' }, ...sliceOf(query) });
  }

  /** @throws {DomainError} `member.not_found`, or `access.other_owner` for another merchant's, below level 7 */
  async find(caller: Caller, uuid: string): Promise<Account> {
    const member = await this.members.findOneBy({ uuid, deletedAt: IsNull() });
    if (!member) throw new DomainError('member.not_found');
    assertMembersAccess(caller, member.merchantId);
    return member;
  }

  /**
   * Changes a member's role or status.
   *
   * @throws {DomainError} as {@link find}; `access.level_lacking` for somebody or a role above the caller;
   *   `member.last_manager`, `member.last_admin`; `member.invited` when an invitation would be skipped
   */
  update(caller: Caller, uuid: string, change: UpdateMemberBody, beside: Beside<unknown> = nothing): Promise<Account> {
    return this.preview(caller, uuid, change, async (tx, member) => {
      await beside(tx, member);
      return this.accounts.change(tx, caller, member.id, changesOf(caller, member, change));
    });
  }

  /** @throws {DomainError} as {@link update} */
  remove(caller: Caller, uuid: string, beside: Beside<unknown> = nothing): Promise<void> {
    return this.preview(caller, uuid, REMOVAL, async (tx, member) => {
      await beside(tx, member);
      await this.accounts.delete(tx, caller, member.id);
    });
  }

  /**
   * Makes sure that a change is allowed without making it, and does something beside.
   *
   * @throws {DomainError} as {@link update}
   */
  async preview<T>(caller: Caller, uuid: string, { role, status }: UpdateMemberBody, beside: Beside<T>): Promise<T> {
    const { id, merchantId } = await this.find(caller, uuid);
    if (role) assertNotAbove(caller, role);
    return this.transactions.run(async (tx) => {
      const member = await this.lock(tx, caller, merchantId, id);
      if (status === 'active' && member.status === STATUS.notYet) throw new DomainError('member.invited');
      const staysManager = status !== 'disabled' && ROLES[role ?? member.role] >= LEVELS.writeOwn;
      if (!staysManager) await this.keepAManager(tx, caller, member);
      const staysAdmin = status !== 'disabled' && (role ?? member.role) === 'admin';
      if (!staysAdmin && member.role === 'admin') await keepAnAdmin(tx, member);
      return beside(tx, member);
    });
  }

  /**
   * Changes to the members of one merchant come one after another, so that the last two managers can't remove each other. What the member has
   * given to keys by now is seen, and the member gives nothing more before the change.
   */
  private async lock(tx: Transaction, caller: Caller, merchantId: string, id: number): Promise<Account> {
    await lockRow(tx.manager, Merchant, merchantId);
    const member = await lockRow(tx.manager, Account, id);
    if (member?.deletedAt !== null) throw new DomainError('member.not_found');
    assertNotAbove(caller, member.role);
    // Whom support has blocked is out of the merchant's own hands.
    if (member.status === STATUS.blocked && caller.level < LEVELS.writeOthers)
      throw new DomainError('access.level_lacking');
    return member;
  }

  /** Callers of the same merchant count themselves, so the refusal meets only those who would leave nobody behind. */
  private async keepAManager(tx: Transaction, caller: Caller, member: Account): Promise<void> {
    if (caller.merchantId !== member.merchantId) return;
    const others = await tx.manager.countBy(Account, {
      id: Not(member.id),
      merchantId: member.merchantId,
      role: In(MANAGERS),
      status: STATUS.active,
      deletedAt: IsNull(),
    });
    if (others === 0) throw new DomainError('member.last_manager');
  }
}

/** Without an administrator nobody could make one. The last two can't remove each other, whichever merchants they are of. */
async function keepAnAdmin({ manager }: Transaction, { id }: Account): Promise<void> {
  const admins = await manager.find(Account, { select: { id: true }, where: { role: 'admin' }, order: { id: 'ASC' } });
  for (const other of admins.filter((admin) => admin.id !== id)) {
    const now = await lockRow(manager, Account, other.id);
    if (now?.role === 'admin' && now.status === STATUS.active && now.deletedAt === null) return;
  }
  throw new DomainError('member.last_admin');
}

const nothing = (): Promise<void> => Promise.resolve();

function changesOf(caller: Caller, member: Account, { role, status }: UpdateMemberBody): AccountChanges {
  const disabled = caller.merchantId === member.merchantId ? STATUS.disabled : STATUS.blocked;
  // Who was disabled before signing up still has to sign up.
  const active = member.passwordHash === null && member.consent === 0 ? STATUS.notYet : STATUS.active;
  return { ...(role && { role }), ...(status && { status: status === 'active' ? active : disabled }) };
}

function assertNotAbove(caller: Caller, role: Role): void {
  if (ROLES[role] > caller.level) throw new DomainError('access.level_lacking');
}
