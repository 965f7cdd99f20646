import type { EntityManager } from 'typeorm';
import type { Transactions } from '../../platform/database/transactions/transactions.js';
import { inBatches } from '../../platform/runtime/batches.js';

/** Rows of one statement, and of one transaction. */
const BATCH = 500;

/**
 * Writes pending values in the order of their names, which every writer has, so that writers don't deadlock. What can't be written stays pending,
 * and so does what has been replaced meanwhile.
 *
 * @param pending by a name that begins with the id of the key
 */
export async function writePending<T>(
  pending: Map<string, T>,
  transactions: Transactions,
  write: (manager: EntityManager, values: T[]) => Promise<void>,
): Promise<void> {
  const sorted = [...pending].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const batch of inBatches(sorted, BATCH)) {
    const values = batch.map(([, value]) => value);
    await transactions.run(({ manager }) => write(manager, values));
    for (const [name, value] of batch) if (pending.get(name) === value) pending.delete(name);
  }
}
