import { createHash, randomInt } from 'node:crypto';
import { ConflictRow } from './conflict-row.entity.js';

/** Slots that rows hash to. Two rows in one slot exclude each other without need, but never wrongly. */
const SLOTS = 256;

/** Conflict rows in each slot. */
const SHARES_PER_SLOT = 16;

/**
 * Returns the conflict rows to write: all of the row's slot for an exclusive lock, a random one of them for a shared lock. So two shared locks
 * rarely conflict, and an exclusive lock conflicts with every other.
 */
export function conflictRowsFor(table: string, id: string | number, isShared: boolean): ConflictRow[] {
  const first = (createHash('sha256').update(`${table} ${id}`).digest().readUInt32BE() % SLOTS) * SHARES_PER_SLOT;
  const numbers = isShared
    ? [randomInt(SHARES_PER_SLOT)]
    : Array.from({ length: SHARES_PER_SLOT }, (_, number) => number);
  return numbers.map((number) => ({ id: first + number, uses: 1 }));
}
