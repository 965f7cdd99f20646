import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Not, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { LEVELS, ROLE_NAMES, ROLES, type Role } from '../../access/levels.js';
import { assertMembersAccess, canAccessOtherMembers } from '../../access/tenant-access.js';
import { Config } from '../../platform/config/config.js';
import type { Actor } from '../../platform/events/actor.js';
import { DAY_SECONDS } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { sliceOf } from '../../platform/http/paging/page.dto.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { Account, STATUS, type AccountStatus } from '../account.entity.js';
import { AccountsService, type AccountChanges } from '../accounts.service.js';
import { AccountMails } from '../mails/account-mails.js';
import { keyOf } from '../login-names.js';
import { Merchant } from '../merchant.entity.js';
import { assertWithinLimit } from '../merchant-limit.js';
import { OneTimeLinks } from '../links/one-time-links.js';
import { Passwords } from '../passwords/passwords.js';
import type { InviteMemberBody, ListMembersQuery, SignUpMemberBody, UpdateMemberBody } from './members.dto.js';

/** The change that stands for a removal, which is allowed where disabling the member is. */
export const REMOVAL: UpdateMemberBody = { status: 'disabled' };

const INVITATION_SECONDS = 7 * DAY_SECONDS;

/** Whether the username or the e-mail address contains a text. */
const NAMES_CONTAIN = ['username', 'email'].map((name) => `INSTR(LOWER(member.${name}), :text) > 0`).join(' OR ');

/** The roles that can manage a merchant's resources. */
const MANAGERS = ROLE_NAMES.filter((role) => ROLES[role] >= LEVELS.writeOwn);

/** Work in the transaction that changes a member, after the change has been found to be allowed. */
export type Beside<T> = (tx: Transaction, member: Account) => Promise<T>;

/** The members of a merchant. A caller never grants a role above its own, and never changes a member above itself. */
@Injectable()
export class MembersService {
  constructor(
    @InjectRepository(Account) private readonly members: Repository<Account>,
    private readonly accounts: AccountsService,
    private readonly config: Config,
    private readonly links: OneTimeLinks,
    private readonly mails: AccountMails,
    private readonly passwords: Passwords,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Creates a member who has yet to choose a password. The mailed link proves the address; the one in the answer doesn't. An address that
   * belongs to an account of another merchant is answered like any other, and found to be taken when the link is used.
   *
   * @throws {DomainError} `access.level_lacking` for a role above the caller's, `member.limit_reached`, or `email.taken` when the merchant has such a member
   */
  async invite(
    caller: Caller,
    origin: string,
    { email, role }: InviteMemberBody,
  ): Promise<{ member: Account; signupLink: string }> {
    assertNotAbove(caller, role);
    const token = this.links.newToken();
    const mailedToken = this.links.newToken();
    const [member, company] = await this.transactions.run(async (tx) => {
      const merchant = await this.assertNoMember(tx, caller.merchantId, email);
      const { merchantId } = caller;
      await assertWithinLimit(tx, {
        merchantId,
        max: this.config.MAX_MEMBERS_PER_MERCHANT,
        adding: 1,
        count: () => tx.manager.countBy(Account, { merchantId, deletedAt: IsNull() }),
        code: 'member.limit_reached',
      });
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
        mailedToken,
      });
      return [account, merchant.name] as const;
    });
    this.mails.inviteMember(caller, email, mailedToken, { company, role });
    return { member, signupLink: `${origin}/api/v1/members/signup?token=${token}` };
  }

  /**
   * Activates an invited member. Without the mailed link, the address has yet to be confirmed.
   *
   * @throws {DomainError} `link.gone`, or `email.taken` when the address is another account's
   */
  async signUp(visitor: Actor, token: string, { password, firstName, lastName }: SignUpMemberBody): Promise<Account> {
    await this.links.assertValid(token, 'member_signup');
    const passwordHash = await this.passwords.hash(password, visitor.address);
    const confirmation = this.links.newToken();
    const [signedUp, isProven] = await this.transactions.run(async (tx) => {
      const link = await this.links.use(tx, token, 'member_signup');
      const member = link?.accountId ? await tx.manager.findOneBy(Account, { id: link.accountId }) : null;
      if (!link || member?.deletedAt !== null || member.status !== STATUS.notYet) throw new DomainError('link.gone');
      const account = await this.accounts.change(tx, visitor, member.id, {
        email: { address: member.email, isProven: link.isMailed },
        passwordHash,
        firstName,
        lastName,
        status: STATUS.active,
        consent: 1,
      });
      if (!link.isMailed) await this.links.issueConfirmation(tx, confirmation, account);
      return [account, link.isMailed] as const;
    });
    if (!isProven) this.mails.confirmAddress(visitor, signedUp.email, confirmation);
    return signedUp;
  }

  /**
   * @returns the merchant
   * @throws {DomainError} `email.taken` when the merchant has a member, invited or signed up, with this address
   */
  private async assertNoMember({ manager }: Transaction, merchantId: string, email: string): Promise<Merchant> {
    const merchant = await lockRow(manager, Merchant, merchantId);
    if (!merchant) throw new DomainError('merchant.not_found');
    const isTaken = await manager
      .createQueryBuilder(Account, 'account')
      .where('account.merchantId = :merchantId AND account.deletedAt IS NULL', { merchantId })
      .andWhere('LOWER(account.email) = :key', { key: keyOf(email) })
      .getExists();
    if (isTaken) throw new DomainError('email.taken');
    return merchant;
  }

  /**
   * Lists the members of one merchant, the caller's by default, or of all merchants.
   *
   * @throws {DomainError} `access.other_owner` for members of other merchants, below level 7; `request.invalid` if both a merchant and all are named
   */
  async list(caller: Caller, query: ListMembersQuery): Promise<[Account[], number]> {
    const merchantId = selectMerchant(caller, query);
    const { skip, take } = sliceOf(query);
    const members = this.members.createQueryBuilder('member').where('member.deletedAt IS NULL');
    if (merchantId !== null) members.andWhere('member.merchantId = :merchantId', { merchantId });
    if (query.q !== undefined) members.andWhere(`(${NAMES_CONTAIN})`, { text: query.q.toLowerCase() });
    return members.orderBy('member.id').skip(skip).take(take).getManyAndCount();
  }

  /** @throws {DomainError} `member.not_found`, or `access.other_owner` for another merchant's member, below level 7 */
  async find(caller: Caller, uuid: string): Promise<Account> {
    const member = await this.members.findOneBy({ uuid, deletedAt: IsNull() });
    if (!member) throw new DomainError('member.not_found');
    assertMembersAccess(caller, member.merchantId);
    return member;
  }

  /**
   * Changes a member's role or status.
   *
   * @throws {DomainError} as {@link find}; `access.level_lacking` for a member or a role above the caller;
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
   * Checks that a change is allowed without making it, and runs `beside` in the same transaction.
   *
   * @throws {DomainError} as {@link update}
   */
  async preview<T>(caller: Caller, uuid: string, { role, status }: UpdateMemberBody, beside: Beside<T>): Promise<T> {
    const { id, merchantId } = await this.find(caller, uuid);
    if (role) assertNotAbove(caller, role);
    return this.transactions.run(async (tx) => {
      const member = await this.lock(tx, caller, merchantId, id);
      if (status === 'active' && member.status === STATUS.notYet) throw new DomainError('member.invited');
      await this.assertDispensable(tx, caller, member, status === 'disabled' ? null : (role ?? member.role));
      return beside(tx, member);
    });
  }

  /**
   * Checks that a member may be left with a role, or with none.
   *
   * @throws {DomainError} `member.last_manager` or `member.last_admin`
   */
  async assertDispensable(
    tx: Transaction,
    actor: Pick<Caller, 'merchantId'>,
    member: Account,
    role: Role | null,
  ): Promise<void> {
    if (role === null || ROLES[role] < LEVELS.writeOwn) await this.keepAManager(tx, actor, member);
    if (member.role === 'admin' && role !== 'admin') await keepAnAdmin(tx, member);
  }

  /**
   * Serialises changes to the members of one merchant, so that the last two managers cannot remove each other. The lock also waits for keys that
   * the member is creating, and keeps the member from creating more before the change.
   */
  private async lock(tx: Transaction, caller: Caller, merchantId: string, id: number): Promise<Account> {
    await lockRow(tx.manager, Merchant, merchantId);
    const member = await lockRow(tx.manager, Account, id);
    if (member?.deletedAt !== null) throw new DomainError('member.not_found');
    assertNotAbove(caller, member.role);
    // A member blocked by support cannot be changed by the merchant.
    if (member.status === STATUS.blocked && caller.level < LEVELS.writeOthers)
      throw new DomainError('access.level_lacking');
    return member;
  }

  /** Refuses a change that would leave the merchant without a manager. */
  private async keepAManager(tx: Transaction, actor: Pick<Caller, 'merchantId'>, member: Account): Promise<void> {
    if (actor.merchantId !== member.merchantId) return;
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

/** Refuses a change that would leave the server without an administrator, even when the last two of different merchants remove each other. */
async function keepAnAdmin({ manager }: Transaction, { id }: Account): Promise<void> {
  const admins = await manager.find(Account, { select: { id: true }, where: { role: 'admin' }, order: { id: 'ASC' } });
  for (const other of admins.filter((admin) => admin.id !== id)) {
    const now = await lockRow(manager, Account, other.id);
    if (now?.role === 'admin' && now.status === STATUS.active && now.deletedAt === null) return;
  }
  throw new DomainError('member.last_admin');
}

/**
 * Returns the merchant whose members a caller asks for; `null` for those of all merchants.
 *
 * @throws {DomainError} as {@link MembersService.list}
 */
function selectMerchant(caller: Caller, { merchantId, allMerchants = false }: ListMembersQuery): string | null {
  if (!allMerchants) {
    assertMembersAccess(caller, merchantId ?? caller.merchantId);
    return merchantId ?? caller.merchantId;
  }
  if (merchantId !== undefined)
    throw DomainError.invalid('allMerchants', 'allMerchants cannot be combined with merchantId');
  if (!canAccessOtherMembers(caller)) throw new DomainError('access.other_owner');
  return null;
}

const nothing = (): Promise<void> => Promise.resolve();

function changesOf(caller: Caller, member: Account, { role, status }: UpdateMemberBody): AccountChanges {
  const disabled = caller.merchantId === member.merchantId ? STATUS.disabled : STATUS.blocked;
  return {
    ...(role && { role }),
    ...(status && { status: status === 'active' ? enabledStatusOf(member) : disabled }),
  };
}

/** Returns the status of an account that is enabled again. One that was disabled before signing up still has to sign up. */
export function enabledStatusOf({ passwordHash, consent, lastLoginAt }: Account): AccountStatus {
  const hasSignedUp = passwordHash !== null || consent > 0 || lastLoginAt !== null;
  return hasSignedUp ? STATUS.active : STATUS.notYet;
}

function assertNotAbove(caller: Caller, role: Role): void {
  if (ROLES[role] > caller.level) throw new DomainError('access.level_lacking');
}
