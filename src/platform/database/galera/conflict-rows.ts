import { createHash, randomInt } from 'node:crypto';
import { ConflictRow } from './conflict-row.entity.js';

/** Places that rows share; two rows at one place only wait for each other needlessly. */
const SLOTS = 256;

/** Latches at each place. */
const SHARES_PER_SLOT = 16;

/**
 * The latches that keep others from a row: all of its place's for whoever wants it alone, one of them for whoever shares it. So those who share it
 * rarely meet, and each meets those who want it alone.
 */
export function conflictRowsFor(table: string, id: string | number, isShared: boolean): ConflictRow[] {
  const first = (createHash('sha256').update(`${table} ${id}`).digest().readUInt32BE() % SLOTS) * SHARES_PER_SLOT;
  const numbers = isShared
    ? [randomInt(SHARES_PER_SLOT)]
    : Array.from({ length: SHARES_PER_SLOT }, (_, number) => number);
  return numbers.map((number) => ({ id: first + number, uses: 1 }));
}
