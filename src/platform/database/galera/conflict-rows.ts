import { createHash, randomInt } from 'node:crypto';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { addToCounters } from '../counters.js';
import { ConflictRow } from './conflict-row.entity.js';
import { isGalera } from './is-galera.js';

/** Slots that all rows share; two rows of one slot only wait for each other needlessly. */
const SLOTS = 256;

/** Conflict rows of each slot. */
const ROWS_PER_SLOT = 16;

/** Whether others may do the same with a row meanwhile. */
type Claim = 'exclusive' | 'shared';

/**
 * Has the commit fail on Galera when a transaction at another node claims one of these rows meanwhile, and one of both claims is exclusive:
 * locks end at the node.
 */
export async function touchConflictRows<T extends ObjectLiteral & { id: string | number }>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  ids: T['id'][],
  claim: Claim,
): Promise<void> {
  if (!(await isGalera(manager))) return;
  const { tableName } = manager.dataSource.getMetadata(entity);
  for (const id of ids) await addToCounters(manager, ConflictRow, conflictRowsFor(tableName, id, claim), 'uses');
}

/**
 * The conflict rows of a row: all of its slot's for an exclusive claim, one of them for a shared one. So shared claims rarely meet, and each meets
 * every exclusive one.
 */
function conflictRowsFor(table: string, id: string | number, claim: Claim): ConflictRow[] {
  const first = (createHash('sha256').update(`${table} ${id}`).digest().readUInt32BE() % SLOTS) * ROWS_PER_SLOT;
  const numbers =
    claim === 'shared' ? [randomInt(ROWS_PER_SLOT)] : Array.from({ length: ROWS_PER_SLOT }, (_, number) => number);
  return numbers.map((number) => ({ id: first + number, uses: 1 }));
}
