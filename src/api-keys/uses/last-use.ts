import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import { placeholders } from '../../platform/database/placeholders.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { ApiKey } from '../api-key.entity.js';
import { publishFirstUses } from './first-uses.js';

/** Rows per statement. */
const BATCH = 500;

/** The column that stores a use, and the column that identifies the row. */
interface UseColumn {
  time: 'last_used_at' | 'previous_last_used_at';
  by: 'id' | 'previous_public_id';
}

/** Times in milliseconds since 1970, by the value that identifies the row. */
type Uses = Map<string, number>;

/** Records when keys were last used. Times are buffered in memory, written every few seconds, and only ever move forward. */
@Injectable()
export class LastUse extends WriteBehindBuffer {
  private readonly pending: Uses = new Map();
  /** Uses of replaced credentials, by public id, so that a use is never attributed to another credential. */
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

  /** Records the use of a credential that a rotation replaced. */
  recordPrevious(publicId: string, atMs: number): void {
    this.pendingOfPrevious.set(publicId, atMs);
  }

  /**
   * Returns when a key was last used. A buffered time is newer than the row. It stays in the buffer until it is written, which can't happen
   * while the caller's transaction locks the row.
   *
   * @param key the key as the caller's transaction has read it
   */
  latest({ id, lastUsedAt }: Pick<ApiKey, 'id' | 'lastUsedAt'>): Date | null {
    const pendingMs = this.pending.get(id);
    return pendingMs === undefined ? lastUsedAt : new Date(Math.max(pendingMs, lastUsedAt?.getTime() ?? 0));
  }

  async flush(): Promise<void> {
    await this.flushTo({ time: 'last_used_at', by: 'id' }, this.pending);
    await this.flushTo({ time: 'previous_last_used_at', by: 'previous_public_id' }, this.pendingOfPrevious);
  }

  /** Writes the pending uses. Every writer has the same order, so that writers don't deadlock. Uses that can't be written stay pending. */
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
