import { Between, type EntityManager } from 'typeorm';
import { inBatches } from '../../platform/runtime/batches.js';
import { KeyChange } from '../key-change.entity.js';

/** Ranges in one statement. */
const BATCH = 100;

interface Range {
  first: number;
  last: number;
}

/**
 * The rows of changes that this process has journalled, and whose column `revocation` still says that they wait for the journal. The column is
 * cleared some time later, for many rows at once, so that no revocation pays for it.
 */
export class WaitingRows {
  private ranges: Range[] = [];

  constructor(private readonly manager: EntityManager) {}

  add(first: number, last: number): void {
    const previous = this.ranges.at(-1);
    if (previous?.last === first - 1) previous.last = last;
    else this.ranges.push({ first, last });
  }

  /** Clears the column of all rows that were added, whose lines must be on the disk. What fails is left to the next call. */
  async clear(): Promise<void> {
    const taken = this.ranges;
    this.ranges = [];
    try {
      for (const batch of inBatches([...taken], BATCH)) {
        const where = batch.map(({ first, last }) => ({ revision: Between(first, last) }));
        await this.manager.createQueryBuilder().update(KeyChange).set({ revocation: null }).where(where).execute();
        taken.splice(0, batch.length);
      }
    } finally {
      this.ranges = [...taken, ...this.ranges];
    }
  }
}
