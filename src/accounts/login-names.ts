import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, type Repository } from 'typeorm';
import { lockRow } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { Account } from './account.entity.js';

/** An account's number, as a name to log in by. Nobody can choose a number as username. */
const NUMBER = /^\d{1,10}$/;

const NUMBER_MAX = 2 ** 31 - 1;

/** Finds accounts by what they log in by: their username, their e-mail address or their number. */
@Injectable()
export class LoginNames {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  /** Finds the account that logs in by a name, in any letter case. A username that is a number, as an older one may be, is that account's alone. */
  async find(name: string): Promise<Account | null> {
    const key = keyOf(name);
    const relations = { merchant: true };
    const byEmail = key.includes('@') ? await this.accounts.findOne({ where: { emailKey: key }, relations }) : null;
    const byName = byEmail ?? (await this.accounts.findOne({ where: { usernameKey: key }, relations }));
    if (byName !== null || !NUMBER.test(key) || Number(key) > NUMBER_MAX) return byName;
    return this.accounts.findOne({ where: { id: Number(key), deletedAt: IsNull() }, relations });
  }

  async isTaken(username: string): Promise<boolean> {
    return this.accounts.existsBy({ usernameKey: keyOf(username) });
  }

  /**
   * Takes an address from another account that has not proven that it is its own. That account then logs in by its username or number.
   *
   * @returns the account that has lost the address
   */
  async release(tx: Transaction, email: string, exceptId: number | null): Promise<Account | null> {
    const emailKey = keyOf(email);
    const unproven = {
      emailKey,
      emailVerifiedAt: IsNull(),
      ...(exceptId !== null && { id: Not(exceptId) }),
    };
    const squatter = await tx.manager.findOneBy(Account, unproven);
    const before = squatter && (await lockRow(tx.manager, Account, squatter.id));
    if (before?.emailKey !== emailKey || before.emailVerifiedAt !== null) return null;
    const ownName = `user-${before.id}`;
    const isNamedByAddress = keyOf(before.username) === emailKey;
    await tx.manager.update(
      Account,
      { id: before.id },
      { emailKey: null, ...(isNamedByAddress && { username: ownName, usernameKey: ownName }) },
    );
    return before;
  }
}

/** The form in which names are compared. */
export const keyOf = (name: string): string => name.trim().toLowerCase();

/** The key of a username, by which it is unique; an address as username has none, since the address is unique by itself. */
export const usernameKeyOf = (username: string): string | null => (username.includes('@') ? null : keyOf(username));
