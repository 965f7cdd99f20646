import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { EventTarget } from '../platform/events/domain-event.js';
import { RowMapper } from '../platform/database/row-mapper.js';
import { lockRow } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { isDuplicate } from '../platform/database/engine-errors.js';
import { Account } from './account.entity.js';
import { Merchant } from './merchant.entity.js';
import { NOTHING, type Revoked } from '../platform/events/invalidation.js';

/** The name by which an account logs in. */
export interface LoginName {
  username?: string;
  email?: string;
  id?: number;
}

export type AccountDraft = Pick<Account, 'merchantId' | 'email' | 'role' | 'status' | 'consent'> &
  Partial<Pick<Account, 'username' | 'passwordHash' | 'language' | 'firstName' | 'lastName'>>;

export type AccountChanges = Partial<
  Pick<
    Account,
    'username' | 'email' | 'passwordHash' | 'role' | 'status' | 'consent' | 'language' | 'firstName' | 'lastName'
  >
>;

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
] as const satisfies (keyof AccountChanges)[];

/** The fields that determine what an account's personal keys may do. */
const PERMISSION_FIELDS = ['role', 'status', 'consent'] as const;

/** Finds, creates and changes accounts. All changes pass here, so that no change of permissions is missed. */
@Injectable()
export class AccountsService {
  private readonly account: RowMapper<Account>;
  private readonly merchant: RowMapper<Merchant>;
  private readonly statement: string;

  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    private readonly clock: Clock,
  ) {
    this.account = RowMapper.for(accounts.manager, Account, 'a');
    this.merchant = RowMapper.for(accounts.manager, Merchant, 'm');
    this.statement = `
      SELECT ${this.account.columns}, ${this.merchant.columns}
      FROM account a JOIN merchant m ON m.id = a.merchant_id
      WHERE a.id = ? AND a.deleted_at IS NULL`;
  }

  /** Reads an account with its merchant. Every request with a login token needs them, so the statement is written by hand. */
  async find(id: number): Promise<Account | null> {
    const [row] = await this.accounts.query<Record<string, unknown>[]>(this.statement, [id]);
    return row ? Object.assign(this.account.read(row), { merchant: this.merchant.read(row) }) : null;
  }

  /** Finds an account by its username or e-mail address, in any letter case. */
  async findByLogin({ username, email, id }: LoginName): Promise<Account | null> {
    const relations = { merchant: true };
    if (id !== undefined) return this.find(id);
    const key = keyOf(username ?? email ?? '');
    if (username !== undefined) {
      const named = await this.accounts.findOne({ where: { usernameKey: key }, relations });
      if (named) return named;
    }
    return this.accounts.findOne({ where: { emailKey: key }, relations });
  }

  async isTaken(username: string): Promise<boolean> {
    return (await this.accounts.countBy([{ usernameKey: keyOf(username) }, { emailKey: keyOf(username) }])) > 0;
  }

  /**
   * Creates an account. Its username is `user-<id>` by default.
   *
   * @throws {DomainError} `email.taken`
   */
  async create(tx: Transaction, actor: Actor, draft: AccountDraft): Promise<Account> {
    const now = this.clock.now();
    const uuid = randomUUID();
    const account = tx.manager.create(Account, {
      passwordHash: null,
      language: 'en',
      firstName: null,
      lastName: null,
      ...draft,
      uuid,
      username: draft.username ?? uuid,
      usernameKey: keyOf(draft.username ?? uuid),
      emailKey: keyOf(draft.email),
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
   * Changes an account. Personal keys above its new permissions are revoked with the change.
   *
   * @throws {DomainError} `username.taken` or `email.taken`
   */
  async change(tx: Transaction, actor: Actor, id: number, changes: AccountChanges): Promise<Account> {
    const before = await lockRow(tx.manager, Account, id);
    if (before?.deletedAt !== null) throw new DomainError('member.not_found');
    const { username, email } = changes;
    await tx.manager
      .update(
        Account,
        { id },
        {
          ...changes,
          ...(username !== undefined && { usernameKey: keyOf(username) }),
          ...(email !== undefined && { emailKey: keyOf(email) }),
          updatedAt: this.clock.now(),
        },
      )
      .catch(throwTaken(email === undefined ? 'username.taken' : 'email.taken'));
    const account = await tx.manager.findOneByOrFail(Account, { id });
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

  /** Records a login. */
  async noteLogin(tx: Transaction, visitor: Actor, id: number): Promise<Account> {
    await tx.manager.update(Account, { id }, { lastLoginAt: this.clock.now() });
    const account = await tx.manager.findOneOrFail(Account, { where: { id }, relations: { merchant: true } });
    await tx.publish({
      ...accountTarget(account),
      name: 'account.logged_in',
      actor: { ...visitor, accountId: id },
      details: {},
      invalidates: NOTHING,
    });
    return account;
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
      passwordHash: null,
      firstName: null,
      lastName: null,
    };
    const deletedAt = this.clock.now();
    await tx.manager.update(Account, { id }, { ...gone, deletedAt, updatedAt: deletedAt });
    await tx.publish({
      ...accountTarget(before),
      name: 'account.deleted',
      actor,
      details: { role: before.role },
      invalidates: NOTHING,
    });
    await this.publishPermissionChange(tx, actor, before, 'everything');
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

/** The form in which names are compared. */
export const keyOf = (name: string): string => name.trim().toLowerCase();

const accountTarget = ({ merchantId, uuid }: Account): EventTarget => ({
  merchantId,
  targetType: 'account',
  targetId: uuid,
});

function throwTaken(code: 'email.taken' | 'username.taken'): (error: unknown) => never {
  return (error) => {
    throw isDuplicate(error) ? new DomainError(code) : error;
  };
}
