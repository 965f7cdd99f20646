import { addToCounters } from '../../../platform/database/counters.js';
import { insertOrChange } from '../../../platform/database/rows.js';
import type { Transaction } from '../../../platform/database/transactions/transaction.js';
import type { ExchangeResult, QuotaAccount } from './quota-account.js';
import { readLedger, totalOf, type LedgerEntry } from './quota-ledger.js';
import { QuotaLoan } from './quota-loan.entity.js';
import { publishThresholds } from './quota-thresholds.js';
import { QuotaUse } from './quota-use.entity.js';

interface Circumstances {
  /** The id of this instance's lease. */
  own: string;
  /** The number of instances that hold a lease. */
  instances: number;
  /** Whether instances borrow ahead. They don't while Redis counts. */
  isLending: boolean;
}

/** The part of an exchange that concerns one quota. */
interface Exchanged {
  account: QuotaAccount;
  result: ExchangeResult;
  /** The loan as it is from now on. */
  loan: QuotaLoan;
  /** The use that wasn't written before. */
  added: number;
  /** The part of `added` that Redis had counted. */
  counted: number;
  limit: number;
  block: number;
  isHeld: boolean;
}

/**
 * Reports what this instance has used of some quotas, and borrows the next blocks or gives everything back. Because a loan holds running
 * totals, the exchange can be repeated when it is unknown whether it was committed.
 *
 * @param accounts in the order of their subjects and periods, so that instances that exchange at the same time cannot deadlock
 */
export async function exchangeQuotas(
  tx: Transaction,
  accounts: QuotaAccount[],
  circumstances: Circumstances,
): Promise<Exchanged[]> {
  const { manager } = tx;
  const terms = accounts.map(({ subjectId, startMs }) => ({ keyId: subjectId, periodStart: new Date(startMs) }));
  const locks = terms.map((term) => ({ ...term, used: 0, exchanges: 1 }));
  await addToCounters(manager, QuotaUse, locks, 'exchanges');
  const ledger = await readLedger(manager, terms, circumstances.own);
  const exchanged = accounts.flatMap((account, index) => {
    const entry = ledger[index];
    return entry ? [decide(account, entry, circumstances)] : [];
  });

  const additions = exchanged.flatMap(({ loan: { keyId, periodStart }, added }) =>
    added > 0 ? [{ keyId, periodStart, used: added, exchanges: 0 }] : [],
  );
  if (additions.length > 0) await addToCounters(manager, QuotaUse, additions, 'used');
  const held = exchanged.filter(({ isHeld, loan }) => isHeld || loan.granted > loan.reported).map(({ loan }) => loan);
  if (held.length > 0) await insertOrChange(manager, QuotaLoan, held, ['granted', 'reported']);
  const returned = exchanged.filter(({ loan }, index) => ledger[index]?.own && !held.includes(loan));
  for (const loan of [...returned.map((one) => one.loan), ...ledger.flatMap(({ dead }) => dead)]) {
    const { keyId, periodStart, instance } = loan;
    await manager.delete(QuotaLoan, { keyId, periodStart, instance });
  }
  await publishThresholds(
    tx,
    exchanged.map(({ account: { subjectId, period, startMs }, added, limit, result }) => ({
      keyId: subjectId,
      period,
      startMs,
      limit,
      added,
      used: result.usedByAll,
    })),
  );
  return exchanged;
}

/** Decides what an account reports, borrows or gives back. */
function decide(
  account: QuotaAccount,
  { used: usedBefore, own, lentToOthers, dead }: LedgerEntry,
  { own: instance, instances, isLending }: Circumstances,
): Exchanged {
  const { subjectId, startMs, granted, used, counted, limit } = account;
  const isHeld = (isLending || account.waiting > 0) && !account.isLeaving;
  // A loan that is gone was counted as used, because the instance was taken for dead, or was given back.
  const earlier = own ?? { granted, reported: Math.max(granted, used) };
  const reported = Math.max(used, earlier.reported);
  const added = counted + (reported - earlier.reported) + totalOf(dead);
  const usedByAll = usedBefore + added;
  const left = limit - usedByAll - lentToOthers - (earlier.granted - reported);
  const block = account.blockSize(left, instances);
  const ahead = isLending ? block : 0;
  const wanted = (isHeld ? account.waiting + ahead : 0) - (earlier.granted - used);
  const change = Math.min(wanted, left);
  // Units that are held may be used at any moment, and are only given back once they have been frozen.
  const lent = account.room > 0 ? Math.max(0, change) : Math.max(reported - earlier.granted, change);
  const result = { granted: earlier.granted + lent, reported, usedByAll, left: left - lent, lentToOthers };
  const loan = { keyId: subjectId, periodStart: new Date(startMs), instance, granted: result.granted, reported };
  return { account, result, loan, added, counted, limit, block, isHeld };
}
