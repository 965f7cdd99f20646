import { createHash, randomInt } from 'node:crypto';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { addToCounters } from '../counters.js';
import { ConflictRow } from './conflict-row.entity.js';
import { isGalera } from './is-galera.js';

/** Slots that rows hash to. Two rows in one slot exclude each other without need, but never wrongly. */
const SLOTS = 256;

/** Conflict rows in each slot. */
const ROWS_PER_SLOT = 16;

/** A shared claim excludes exclusive ones; an exclusive claim excludes all others. */
type Claim = 'exclusive' | 'shared';

/**
 * Makes the commit fail on Galera when a transaction on another node makes an incompatible claim to one of these rows, because locks are local to
 * their node.
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
 * Returns the conflict rows to write: all of the row's slot for an exclusive claim, a random one of them for a shared claim. So two shared claims
 * rarely conflict, and an exclusive claim conflicts with every other.
 */
function conflictRowsFor(table: string, id: string | number, claim: Claim): ConflictRow[] {
  const first = (createHash('sha256').update(`${table} ${id}`).digest().readUInt32BE() % SLOTS) * ROWS_PER_SLOT;
  const numbers =
    claim === 'shared' ? [randomInt(ROWS_PER_SLOT)] : Array.from({ length: ROWS_PER_SLOT }, (_, number) => number);
  return numbers.map((number) => ({ id: first + number, uses: 1 }));
}
