import type { Command } from 'commander';
import { details, runOnce } from '../shell/command-line.js';
import { JSON_OPTION } from '../shell/output.js';

const ACCOUNT = 'the account: its user name, e-mail address, number or uuid';
const PASSWORD_OPTION = ['--password-stdin', 'read the new password from standard input'] as const;
const USAGE = '2  wrong usage';

/** Adds the commands of accounts, for whoever has the server but no login. */
export function addAdminCommands(program: Command): void {
  const admin = program
    .command('admin')
    .description(
      'Works on accounts, beside running servers or without any. Each change ends the sessions of the account and is in the audit trail, with the ' +
        'system as its actor.',
    )
    .summary('help people log in again, and create administrators (admin list, create, reset-password, …)');

  admin
    .command('list')
    .summary('list the accounts that reach across merchants')
    .description('Lists the accounts of level 7 and above, with their state and whether they have a second factor.')
    .option('--all', 'list all accounts')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  listed', '1  the database could not be read', USAGE],
        Examples: ['keywright admin list', 'keywright admin list --all --json | jq -r .[].email'],
      }),
    )
    .action((options: object) => runOnce(async () => (await import('../admin/list.js')).listAccounts(options)));

  admin
    .command('create')
    .summary('create an account, by default an administrator')
    .description('Creates an account that may log in, and prints a link with which its password is set.')
    .argument('<email>', 'the e-mail address, which is also the user name by default')
    .option('--username <name>', 'the user name')
    .option('--role <role>', 'the role', 'admin')
    .option('--merchant <id>', 'the merchant, by its id or client id; by default that of the first account')
    .option(...PASSWORD_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  created', '1  not created: the address or the user name is taken, …', USAGE],
        Examples: [
          'keywright admin create ada@shop.example',
          'keywright admin create ada@shop.example --username ada --password-stdin < password.txt',
        ],
      }),
    )
    .action((email: string, options: { role: string }) =>
      runOnce(async () => (await import('../admin/create.js')).createAccount(email, options)),
    );

  admin
    .command('reset-password')
    .summary('replace a lost password')
    .description(
      'Takes the password from an account and prints a link, valid once, with which a new one is set; or sets the one on standard input. ' +
        'Sessions and earlier links of the account end at once. Its second factor stays.',
    )
    .argument('<account>', ACCOUNT)
    .option(...PASSWORD_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  reset', '1  not reset: there is no such account, …', USAGE],
        Examples: ['keywright admin reset-password admin', 'keywright admin reset-password admin --password-stdin'],
      }),
    )
    .action((account: string, options: object) =>
      runOnce(async () => (await import('../admin/reset-password.js')).resetPassword(account, options)),
    );

  admin
    .command('reset-second-factor')
    .summary('remove a lost second factor')
    .description(
      'Removes the authenticator app, the passkeys and the recovery codes of an account, and ends its sessions. The owner is told by mail.',
    )
    .argument('<account>', ACCOUNT)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  removed, or there was none', '1  not removed: there is no such account, …', USAGE],
        Examples: ['keywright admin reset-second-factor admin'],
      }),
    )
    .action((account: string, options: object) =>
      runOnce(async () => (await import('../admin/reset-second-factor.js')).resetSecondFactor(account, options)),
    );

  admin
    .command('unlock')
    .summary('enable an account that was disabled or blocked')
    .description(
      'Enables an account that was disabled or blocked. A lock by failed logins needs no command: it ends within a minute, and holds for one address only.',
    )
    .argument('<account>', ACCOUNT)
    .option('--merchant', 'unblock the merchant of the account as well, and so all its keys')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  the account may log in', '1  it may not: its merchant is blocked, …', USAGE],
        Examples: ['keywright admin unlock ada@shop.example', 'keywright admin unlock admin --merchant'],
      }),
    )
    .action((account: string, options: object) =>
      runOnce(async () => (await import('../admin/unlock.js')).unlockAccount(account, options)),
    );
}
