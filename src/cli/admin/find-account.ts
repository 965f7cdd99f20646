import { IsNull } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { LoginNames } from '../../accounts/login-names.js';
import { openSource, type Use } from '../application/application.js';
import { CommandError } from '../shell/failure.js';
import { printable } from '../shell/output.js';

/** A uuid, by which the API knows a member. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Finds an account, with its merchant, by its user name, e-mail address, number or uuid.
 *
 * @throws {CommandError} when there is none
 */
export async function findAccount(use: Use, name: string): Promise<Account> {
  const account = UUID.test(name)
    ? await openSource(use)
        .getRepository(Account)
        .findOne({ where: { uuid: name.toLowerCase(), deletedAt: IsNull() }, relations: { merchant: true } })
    : await use(LoginNames).find(name);
  if (account) return account;
  throw new CommandError(
    `There is no account "${printable(name)}". Name it by its user name, e-mail address, number or uuid; keywright admin list --all shows them.`,
  );
}

/** Names an account in a sentence. */
export const nameOf = ({ id, username }: Pick<Account, 'id' | 'username'>): string =>
  `${printable(username)} (number ${id})`;
