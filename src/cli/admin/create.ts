import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ROLE_NAMES, ROLES, type Role } from '../../access/levels.js';
import { Account, STATUS } from '../../accounts/account.entity.js';
import { AccountsService } from '../../accounts/accounts.service.js';
import { OneTimeLinks } from '../../accounts/links/one-time-links.js';
import { LoginNames } from '../../accounts/login-names.js';
import { AccountMails } from '../../accounts/mails/account-mails.js';
import { InviteMemberBody } from '../../accounts/members/members.dto.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { UpdateAccountBody } from '../../accounts/own-account/own-account.dto.js';
import { Passwords } from '../../accounts/passwords/passwords.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import { openSource, withApplication, type Use } from '../application/application.js';
import { CommandError, UsageError } from '../shell/failure.js';
import { print, type OutputOptions } from '../shell/output.js';
import { nameOf } from './find-account.js';
import { readNewPassword } from './new-password.js';

interface CreateOptions extends OutputOptions {
  username?: string;
  role: string;
  merchant?: string;
  passwordStdin?: boolean;
}

/** Creates an account, and prints a link with which its password is set, unless standard input holds the password. */
export async function createAccount(
  email: string,
  { username, role, merchant, passwordStdin = false, json }: CreateOptions,
): Promise<void> {
  assertRole(role);
  assertNames(email, username);
  const password = passwordStdin ? await readNewPassword(ROLES[role]) : null;
  await withApplication(async (use) => {
    if (username !== undefined && (await use(LoginNames).isTaken(username)))
      throw new CommandError(`There is an account with the user name ${username} already.`);
    const passwordHash = password === null ? null : await use(Passwords).hash(password, null);
    const { id: merchantId } = await findMerchant(use, merchant);
    const token = use(OneTimeLinks).newToken();
    const account = await use(Transactions).run(async (tx) => {
      const created = await use(AccountsService).create(tx, SYSTEM, {
        merchantId,
        username: username ?? email,
        email,
        // The operator vouches for it, as for the first account's.
        emailVerifiedAt: use(Clock).now(),
        passwordHash,
        role,
        status: STATUS.active,
        consent: 1,
      });
      if (password === null)
        await use(OneTimeLinks).issue(tx, token, {
          purpose: 'recovery',
          ttlSeconds: DAY_SECONDS,
          accountId: created.id,
        });
      return created;
    });
    const link = password === null ? use(AccountMails).recoveryLink(token) : null;
    print({ number: account.id, id: account.uuid, username: account.username, email, role, link }, { json }, () =>
      [
        `The account ${nameOf(account)} has been created, with the role ${role}.`,
        ...(link === null ? [] : [`Its password is set with this link, valid once, for a day: ${link}`]),
      ].join('\n'),
    );
  });
}

/** @throws {UsageError} */
function assertRole(role: string): asserts role is Role {
  if (!(ROLE_NAMES as string[]).includes(role))
    throw new UsageError(`There is no role "${role}". The roles are ${ROLE_NAMES.join(', ')}.`);
}

/** @throws {UsageError} when the API would refuse them */
function assertNames(email: string, username: string | undefined): void {
  if (validateSync(plainToInstance(InviteMemberBody, { email, role: 'user' })).length > 0)
    throw new UsageError(`"${email}" is not an e-mail address.`);
  if (username !== undefined && validateSync(plainToInstance(UpdateAccountBody, { username })).length > 0)
    throw new UsageError('A user name has 2 to 50 characters, without spaces and @, and is not a number.');
}

/**
 * Finds a merchant by its id or `client_id`; by default that of the first account, which is the operator's own.
 *
 * @throws {CommandError} when there is none
 */
async function findMerchant(use: Use, name: string | undefined): Promise<Merchant> {
  const { manager } = openSource(use);
  if (name !== undefined) {
    const named = await manager.findOne(Merchant, { where: [{ id: name.toLowerCase() }, { clientId: name }] });
    if (named?.status === 'deleting') throw new CommandError(`The merchant ${named.name} is being deleted.`);
    if (named) return named;
    throw new CommandError(`There is no merchant "${name}". Name it by its id or its client id.`);
  }
  const [first] = await manager.find(Account, { order: { id: 'ASC' }, take: 1, relations: { merchant: true } });
  if (first?.merchant) return first.merchant;
  throw new CommandError('There are no accounts yet. Start the server: it creates the first one.');
}
