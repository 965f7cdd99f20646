import { Account } from '../../accounts/account.entity.js';
import { AccountsService } from '../../accounts/accounts.service.js';
import { enabledStatusOf } from '../../accounts/members/members.service.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { MerchantChanges } from '../../accounts/merchants/merchant-changes.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { withApplication } from '../application/application.js';
import { CommandError } from '../shell/failure.js';
import { print, printable, type OutputOptions } from '../shell/output.js';
import { findAccount, nameOf } from './find-account.js';

/** What has been lifted. */
interface Lifted {
  account: boolean;
  merchant: boolean;
}

/**
 * Enables an account that was disabled or blocked, and, if that is asked for, unblocks its merchant.
 *
 * @returns whether the account may log in
 */
export function unlockAccount(
  name: string,
  { merchant: includesMerchant = false, json }: OutputOptions & { merchant?: boolean },
): Promise<boolean> {
  return withApplication(async (use) => {
    const found = await findAccount(use, name);
    const { id, uuid, username, merchantId } = found;
    const [lifted, merchant] = await use(Transactions).run(async (tx) => {
      const before = await lockRow(tx.manager, Merchant, merchantId);
      const account = await lockRow(tx.manager, Account, id);
      if (!before || account?.deletedAt !== null)
        throw new CommandError(`The account ${username} has just been deleted.`);
      const isLocked = account.status < 0;
      if (isLocked) await use(AccountsService).change(tx, SYSTEM, id, { status: enabledStatusOf(account) });
      const isUnblocked = includesMerchant && before.status !== 'active';
      if (isUnblocked) await use(MerchantChanges).unblock(tx, SYSTEM, merchantId);
      const result: Lifted = { account: isLocked, merchant: isUnblocked };
      return [result, before] as const;
    });
    const isBlocked = merchant.status !== 'active' && !lifted.merchant;
    print({ number: id, id: uuid, username, lifted, merchantBlocked: isBlocked }, { json }, () =>
      describe(found, merchant, lifted, isBlocked),
    );
    return !isBlocked;
  });
}

function describe(account: Account, { name }: Merchant, lifted: Lifted, isBlocked: boolean): string {
  return [
    lifted.account
      ? `${nameOf(account)} has been enabled.`
      : `${nameOf(account)} was neither disabled nor blocked. Failed logins lock an address out for a minute at the most.`,
    ...(lifted.merchant ? [`Its merchant, ${printable(name)}, has been unblocked, and with it all keys.`] : []),
    ...(isBlocked
      ? [`Its merchant, ${printable(name)}, is not active, so that it cannot log in: add --merchant to unblock it.`]
      : []),
  ].join('\n');
}
