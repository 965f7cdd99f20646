import { grantsAll, type Scopes } from '../../access/scopes.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { readRow } from '../../platform/database/rows.js';
import { DomainError } from '../../platform/events/domain-error.js';

/** Returns the scopes that a merchant was given. */
export async function readScopesOfMerchant(
  { manager }: Pick<Transaction, 'manager'>,
  merchantId: string,
): Promise<Scopes> {
  return (await readRow(manager, Merchant, merchantId))?.scopes ?? null;
}

/**
 * Ensures that a key's scopes are among those that its merchant was given. A key without scopes of its own has its merchant's.
 *
 * @throws {DomainError} `api_key.scopes_not_given`
 */
export function assertGiven(given: Scopes, scopes: Scopes): void {
  if (scopes !== null && !grantsAll(given, scopes)) throw scopesNotGiven();
}

export const scopesNotGiven = (): DomainError =>
  new DomainError('api_key.scopes_not_given', {
    fields: [{ field: 'scopes', message: 'scopes must all be among those of the merchant' }],
  });
