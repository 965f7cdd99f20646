import { STATUS, type Account } from '../../accounts/account.entity.js';
import { AccountMails } from '../../accounts/mails/account-mails.js';
import { Mailer } from '../../accounts/mails/mailer.js';
import { RecoveryService } from '../../accounts/own-account/recovery.service.js';
import { MAX_LEVEL } from '../../access/levels.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { withApplication } from '../application/application.js';
import { CommandError } from '../shell/failure.js';
import { print, type OutputOptions } from '../shell/output.js';
import { findAccount, nameOf } from './find-account.js';
import { readNewPassword } from './new-password.js';

/** The longest time for which the command waits for a mail server. */
export const MAIL_MS = 5000;

/** Takes the password from an account, and prints a link with which a new one is set, unless standard input holds the new one. */
export async function resetPassword(
  name: string,
  { passwordStdin = false, json }: OutputOptions & { passwordStdin?: boolean },
): Promise<void> {
  // Before it is known whose it is, so that a pipe is read at once.
  const password = passwordStdin ? await readNewPassword(MAX_LEVEL) : null;
  await withApplication(async (use) => {
    const account = await findAccount(use, name);
    assertResettable(account, name);
    const recovery = use(RecoveryService);
    let link: string | null = null;
    if (password === null) link = use(AccountMails).recoveryLink((await recovery.reset(SYSTEM, account.id)).token);
    else await recovery.replacePassword(SYSTEM, account, password);
    await use(Mailer).settle(MAIL_MS);
    print({ number: account.id, id: account.uuid, username: account.username, link }, { json }, () =>
      describe(account, link),
    );
  });
}

/** @throws {CommandError} when the account could not log in with a new password */
function assertResettable(account: Account, name: string): void {
  const { status, isExternal, merchant } = account;
  if (isExternal)
    throw new CommandError(
      `${nameOf(account)} signs in with the OpenID provider and has no password. Create another account with keywright admin create.`,
    );
  if (status === STATUS.notYet)
    throw new CommandError(`${nameOf(account)} has not signed up yet. Remove the member, and invite it again.`);
  if (status !== STATUS.active || merchant?.status !== 'active')
    throw new CommandError(`${nameOf(account)} may not log in. Run keywright admin unlock ${name} first.`);
}

function describe(account: Account, link: string | null): string {
  const { secondFactorAt, emailVerifiedAt } = account;
  return [
    link === null
      ? `The password of ${nameOf(account)} has been set.`
      : `The password of ${nameOf(account)} is not valid any longer. A new one is set with this link, valid once, for a day: ${link}`,
    'All sessions and earlier links of the account have ended.',
    ...(emailVerifiedAt === null
      ? ['Its address was never proven: a new password removes its second factors and deletes its personal keys.']
      : secondFactorAt === null
        ? []
        : ['It still has a second factor. If that is lost, too: keywright admin reset-second-factor.']),
  ].join('\n');
}
