import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { EventDetails, EventTarget } from '../platform/events/domain-event.js';
import { BatchedReads } from '../platform/database/batched-reads.js';
import { RowMapper } from '../platform/database/row-mapper.js';
import { lockRow } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { isDuplicate } from '../platform/database/engine-errors.js';
import { Account, STATUS } from './account.entity.js';
import { keyOf, LoginNames, usernameKeyOf } from './login-names.js';
import { Merchant } from './merchant.entity.js';
import { OneTimeLinks } from './links/one-time-links.js';
import { LoginSession } from './sessions/login-session.entity.js';
import { SecondFactors } from './second-factors/second-factors.js';
import { LoginSessions } from './sessions/login-sessions.js';
import { NOTHING, type Revoked } from '../platform/events/invalidation.js';

export type AccountDraft = Pick<Account, 'merchantId' | 'email' | 'role' | 'status' | 'consent'> &
  Partial<
    Pick<
      Account,
      'username' | 'emailVerifiedAt' | 'passwordHash' | 'isExternal' | 'language' | 'firstName' | 'lastName'
    >
  >;

export type AccountChanges = Partial<
  Pick<
    Account,
    'username' | 'passwordHash' | 'isExternal' | 'role' | 'status' | 'consent' | 'language' | 'firstName' | 'lastName'
  >
> & {
  /** The address that the account logs in by. */
  email?: ClaimedAddress;
};

/** An address that an account logs in by from now on. */
export interface ClaimedAddress {
  address: string;
  /** Whether a link that was mailed to the address has been followed. Only then is it taken from accounts that haven't proven it. */
  isProven: boolean;
}

/** The fields whose values are recorded in the audit trail. */
const AUDITED_FIELDS = [
  'username',
  'email',
  'role',
  'status',
  'consent',
  'language',
  'firstName',
  'lastName',
] as const satisfies (keyof Account)[];

/** The fields that determine what an account's personal keys may do. */
const PERMISSION_FIELDS = ['role', 'status', 'consent'] as const;

/** Finds, creates and changes accounts. All changes pass here, so that no change of permissions is missed. */
@Injectable()
export class AccountsService {
  private readonly account: RowMapper<Account>;
  private readonly merchant: RowMapper<Merchant>;
  private readonly session: RowMapper<LoginSession>;
  private readonly statement: string;
  private readonly sessionStatement: string;

  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    private readonly clock: Clock,
    private readonly links: OneTimeLinks,
    private readonly names: LoginNames,
    private readonly secondFactors: SecondFactors,
    private readonly sessions: LoginSessions,
    private readonly reads: BatchedReads,
  ) {
    this.account = RowMapper.for(accounts.manager, Account, 'a');
    this.merchant = RowMapper.for(accounts.manager, Merchant, 'm');
    this.session = RowMapper.for(accounts.manager, LoginSession, 's');
    const columns = `${this.account.columns}, ${this.merchant.columns}`;
    this.statement = `
      SELECT ${columns}
      FROM account a JOIN merchant m ON m.id = a.merchant_id
      WHERE a.id = ? AND a.deleted_at IS NULL`;
    this.sessionStatement = `
      SELECT ${this.session.columns}, ${columns}
      FROM login_session s JOIN account a ON a.id = s.account_id JOIN merchant m ON m.id = a.merchant_id
      WHERE a.deleted_at IS NULL AND s.id`;
  }

  /** Reads an account with its merchant. */
  async find(id: number): Promise<Account | null> {
    const [row] = await this.accounts.query<Record<string, unknown>[]>(this.statement, [id]);
    return row ? this.read(row) : null;
  }

  /** Reads a session with its account. Every request with a login token needs them, so the statement is written by hand. */
  async findBySession(id: string): Promise<{ session: LoginSession; account: Account } | null> {
    const row = await this.reads.find(this.sessionStatement, 's_id', id);
    return row ? { session: this.session.read(row), account: this.read(row) } : null;
  }

  /**
   * Creates an account. Its username is `user-<id>` by default. Its address is reserved for it only if it is active.
   *
   * @throws {DomainError} `email.taken`
   */
  async create(tx: Transaction, actor: Actor, draft: AccountDraft): Promise<Account> {
    const now = this.clock.now();
    const uuid = randomUUID();
    const isActive = draft.status === STATUS.active;
    if (isActive && draft.emailVerifiedAt) await this.release(tx, actor, draft.email, null);
    const account = tx.manager.create(Account, {
      passwordHash: null,
      isExternal: false,
      language: 'en',
      firstName: null,
      lastName: null,
      emailVerifiedAt: null,
      secondFactorAt: null,
      ...draft,
      uuid,
      username: draft.username ?? uuid,
      usernameKey: usernameKeyOf(draft.username ?? uuid),
      emailKey: isActive ? keyOf(draft.email) : null,
      createdAt: now,
      updatedAt: now,
      lastLoginAt: null,
      deletedAt: null,
    });
    await tx.manager.insert(Account, account).catch(throwTaken('email.taken'));
    if (!draft.username) {
      account.username = account.usernameKey = `user-${account.id}`;
      await tx.manager.update(
        Account,
        { id: account.id },
        { username: account.username, usernameKey: account.username },
      );
    }
    await tx.publish({
      ...accountTarget(account),
      name: 'account.created',
      actor,
      details: { email: account.email, role: account.role, status: account.status },
      invalidates: NOTHING,
    });
    return account;
  }

  /**
   * Changes an account. Personal keys above its new permissions are revoked with the change. A new password or address, a lower role and an
   * end of its activity also end its sessions, except the actor's own, and withdraw its links, for good.
   *
   * @throws {DomainError} `username.taken` or `email.taken`; `password.not_allowed` for a password of an external account
   */
  async change(tx: Transaction, actor: Actor, id: number, changes: AccountChanges): Promise<Account> {
    const before = await lockRow(tx.manager, Account, id);
    if (before?.deletedAt !== null) throw new DomainError('member.not_found');
    const { username, email, ...plain } = changes;
    if (changes.passwordHash && before.isExternal) throw new DomainError('password.not_allowed');
    if (email?.isProven) await this.release(tx, actor, email.address, id);
    await tx.manager
      .update(
        Account,
        { id },
        {
          ...plain,
          ...(username !== undefined && { username, usernameKey: usernameKeyOf(username) }),
          ...(email && {
            email: email.address,
            emailKey: keyOf(email.address),
            emailVerifiedAt: email.isProven ? this.clock.now() : null,
          }),
          updatedAt: this.clock.now(),
        },
      )
      .catch(throwTaken(email === undefined ? 'username.taken' : 'email.taken'));
    const account = await tx.manager.findOneByOrFail(Account, { id });
    if (endsSessions(before, account, changes)) {
      await this.sessions.endAll(tx, id, actor.accountId === id ? (actor.sessionId ?? null) : null);
      await this.links.withdraw(tx, { accountId: id });
      await this.secondFactors.voidChallenges(tx, id);
    }
    await tx.publish({
      ...accountTarget(account),
      name: 'account.updated',
      actor,
      details: {
        fields: Object.keys(changes),
        changes: changesBetween(before, account, [...AUDITED_FIELDS]),
        role: account.role,
        status: account.status,
        consent: account.consent,
      },
      invalidates: NOTHING,
    });
    // A repeated change is published again, so that its caller, too, is answered only once every instance has applied it.
    if (PERMISSION_FIELDS.some((field) => changes[field] !== undefined))
      await this.publishPermissionChange(tx, actor, account, isLowered(before, account) ? 'permissions' : 'nothing');
    return account;
  }

  /** Records a login, and how it was made. */
  async noteLogin(tx: Transaction, visitor: Actor, id: number, details: EventDetails = {}): Promise<Account> {
    await lockRow(tx.manager, Account, id);
    await tx.manager.update(Account, { id }, { lastLoginAt: this.clock.now() });
    const account = await tx.manager.findOneOrFail(Account, { where: { id }, relations: { merchant: true } });
    await tx.publish({
      ...accountTarget(account),
      name: 'account.logged_in',
      actor: { ...visitor, accountId: id },
      details,
      invalidates: NOTHING,
    });
    return account;
  }

  /** Records that sessions of the actor's own account have been ended. */
  async noteLogout(tx: Transaction, actor: Actor, sessions: number): Promise<void> {
    const account = await tx.manager.findOneByOrFail(Account, { id: actor.accountId ?? 0 });
    await tx.publish({
      ...accountTarget(account),
      name: 'account.logged_out',
      actor,
      details: { sessions },
      invalidates: NOTHING,
    });
  }

  /** Deletes an account: frees its name and address, destroys its password, and revokes its personal keys. */
  async delete(tx: Transaction, actor: Actor, id: number): Promise<void> {
    const before = await lockRow(tx.manager, Account, id);
    if (before?.deletedAt !== null) throw new DomainError('member.not_found');
    const gone = {
      username: `deleted-${id}`,
      email: `deleted-${id}`,
      usernameKey: null,
      emailKey: null,
      emailVerifiedAt: null,
      passwordHash: null,
      secondFactorAt: null,
      firstName: null,
      lastName: null,
    };
    const deletedAt = this.clock.now();
    await tx.manager.update(Account, { id }, { ...gone, deletedAt, updatedAt: deletedAt });
    await this.sessions.endAll(tx, id);
    await this.secondFactors.deleteAll(tx, id);
    await this.links.withdraw(tx, { accountId: id });
    await tx.publish({
      ...accountTarget(before),
      name: 'account.deleted',
      actor,
      details: { role: before.role },
      invalidates: NOTHING,
    });
    await this.publishPermissionChange(tx, actor, before, 'everything');
  }

  private read(row: Record<string, unknown>): Account {
    return Object.assign(this.account.read(row), { merchant: this.merchant.read(row) });
  }

  private async release(tx: Transaction, actor: Actor, email: string, exceptId: number | null): Promise<void> {
    const loser = await this.names.release(tx, email, exceptId);
    if (!loser) return;
    // Links that were mailed to the address would lead its owner into the account.
    await this.links.withdraw(tx, { accountId: loser.id });
    await tx.publish({
      ...accountTarget(loser),
      name: 'account.address_lost',
      actor,
      details: {},
      invalidates: NOTHING,
    });
  }

  private async publishPermissionChange(
    tx: Transaction,
    actor: Actor,
    account: Account,
    revokes: Revoked,
  ): Promise<void> {
    const isLeftARole = revokes === 'permissions' && account.maxKeyLevel !== null;
    await tx.publish({
      ...accountTarget(account),
      name: 'account.power_changed',
      actor,
      details: { role: account.role },
      invalidates: [{ kind: 'account', id: account.uuid, revokes, ...(isLeftARole && { remaining: account.role }) }],
    });
  }
}

/** Whether the account may do nothing after a change, or less than before. */
const isLowered = (before: Account, after: Account): boolean =>
  after.maxKeyLevel === null || after.maxKeyLevel < (before.maxKeyLevel ?? -1);

/** Whether whoever has a session or a link of an account must log in again after a change. */
const endsSessions = (before: Account, after: Account, { passwordHash }: AccountChanges): boolean =>
  (passwordHash !== undefined && passwordHash !== before.passwordHash) ||
  after.emailKey !== before.emailKey ||
  after.level < before.level ||
  (before.status !== STATUS.notYet && after.status !== before.status) ||
  (before.status === STATUS.notYet && after.status < STATUS.notYet);

export const accountTarget = ({ merchantId, uuid }: Account): EventTarget => ({
  merchantId,
  targetType: 'account',
  targetId: uuid,
});

function throwTaken(code: 'email.taken' | 'username.taken'): (error: unknown) => never {
  return (error) => {
    throw isDuplicate(error) ? new DomainError(code) : error;
  };
}
