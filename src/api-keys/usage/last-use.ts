import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import { placeholders } from '../../platform/database/placeholders.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { ApiKey } from '../api-key.entity.js';
import { publishFirstUses } from './first-uses.js';

/** Rows in one statement. */
const BATCH = 500;

/** Which column holds a use, and which one finds its row. */
interface UseColumn {
  time: 'last_used_at' | 'previous_last_used_at';
  by: 'id' | 'previous_public_id';
}

/** Times, in milliseconds since 1970, by what finds their rows. */
type Uses = Map<string, number>;

/** When keys were last used: merged in memory, written every few seconds, and only ever moved forward. */
@Injectable()
export class LastUse extends WriteBehindBuffer {
  private readonly pending: Uses = new Map();
  /** Of the credentials that rotations replaced, by their public ids: a use is never taken for that of another credential. */
  private readonly pendingOfPrevious: Uses = new Map();

  constructor(
    config: Config,
    private readonly transactions: Transactions,
  ) {
    super(config.USAGE_FLUSH_INTERVAL_MS);
  }

  /** @param atMs milliseconds since 1970 */
  record(keyId: string, atMs: number): void {
    this.pending.set(keyId, atMs);
  }

  /** The same for a credential that a rotation replaced. */
  recordPrevious(publicId: string, atMs: number): void {
    this.pendingOfPrevious.set(publicId, atMs);
  }

  /**
   * When a key was last used. What is in memory is newer than the row; it leaves only once it is there, which it can't be while the
   * caller's transaction keeps the row locked.
   *
   * @param key as it was read within that transaction
   */
  latest({ id, lastUsedAt }: Pick<ApiKey, 'id' | 'lastUsedAt'>): Date | null {
    const pendingMs = this.pending.get(id);
    return pendingMs === undefined ? lastUsedAt : new Date(Math.max(pendingMs, lastUsedAt?.getTime() ?? 0));
  }

  async flush(): Promise<void> {
    await this.flushTo({ time: 'last_used_at', by: 'id' }, this.pending);
    await this.flushTo({ time: 'previous_last_used_at', by: 'previous_public_id' }, this.pendingOfPrevious);
  }

  /** Writes what is pending in one order, which keeps several writers from blocking each other; what fails stays pending. */
  private async flushTo(place: UseColumn, pending: Uses): Promise<void> {
    const uses = [...pending].sort(([a], [b]) => (a < b ? -1 : 1));
    while (uses.length > 0) {
      const batch = uses.splice(0, BATCH);
      await this.write(place, batch);
      for (const [id, at] of batch) if (pending.get(id) === at) pending.delete(id);
    }
  }

  private async write({ time, by }: UseColumn, uses: [string, number][]): Promise<void> {
    await this.transactions.run(async (tx) => {
      const { manager } = tx;
      if (by === 'id') await publishFirstUses(tx, new Map(uses));
      const mapper = RowMapper.for(manager, ApiKey);
      const cases = uses.flatMap(([id, at]) => {
        const stored = mapper.toStored(time, new Date(at));
        return [id, stored, stored];
      });
      await manager.query(
        `UPDATE api_key SET ${time} = CASE ${by}
           ${uses.map(() => `WHEN ? THEN CASE WHEN ${time} > ? THEN ${time} ELSE ? END`).join(' ')} END
         WHERE ${by} IN (${placeholders(uses)})`,
        [...cases, ...uses.map(([id]) => id)],
      );
    });
  }
}
