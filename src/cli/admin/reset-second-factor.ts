import { Account } from '../../accounts/account.entity.js';
import { Mailer } from '../../accounts/mails/mailer.js';
import { FactorChanges } from '../../auth/second-factor/factor-changes.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { withApplication } from '../application/application.js';
import { CommandError } from '../shell/failure.js';
import { print, type OutputOptions } from '../shell/output.js';
import { findAccount, nameOf } from './find-account.js';
import { MAIL_MS } from './reset-password.js';

/** Removes all second factors and recovery codes of an account, and ends its sessions. */
export function resetSecondFactor(name: string, options: OutputOptions): Promise<void> {
  return withApplication(async (use) => {
    const { id, uuid, username } = await findAccount(use, name);
    const wasThere = await use(Transactions).run(async (tx) => {
      const account = await lockRow(tx.manager, Account, id);
      if (account?.deletedAt !== null) throw new CommandError(`The account ${username} has just been deleted.`);
      await use(FactorChanges).reset(tx, SYSTEM, account);
      return account.secondFactorAt !== null;
    });
    await use(Mailer).settle(MAIL_MS);
    print({ number: id, id: uuid, username, removed: wasThere }, options, () =>
      wasThere
        ? `${nameOf({ id, username })} has no second factor any longer, and all its sessions have ended.`
        : `${nameOf({ id, username })} has no second factor. Nothing has been changed.`,
    );
  });
}
