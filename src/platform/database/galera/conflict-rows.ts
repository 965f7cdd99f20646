import { createHash, randomInt } from 'node:crypto';
import { RowLatch } from './conflict-row.entity.js';

/** Places that rows share; two rows at one place only wait for each other needlessly. */
const PLACES = 256;

/** Latches at each place. */
const LATCHES = 16;

/**
 * The latches that keep others from a row: all of its place's for whoever wants it alone, one of them for whoever shares it. So those who share it
 * rarely meet, and each meets those who want it alone.
 */
export function latchesOf(table: string, id: string | number, isShared: boolean): RowLatch[] {
  const first = (createHash('sha256').update(`${table} ${id}`).digest().readUInt32BE() % PLACES) * LATCHES;
  const numbers = isShared ? [randomInt(LATCHES)] : Array.from({ length: LATCHES }, (_, number) => number);
  return numbers.map((number) => ({ id: first + number, uses: 1 }));
}
