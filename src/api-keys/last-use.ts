import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config.js';
import { FlushTimer } from '../domain/flushing.js';
import { Transactions } from '../domain/transactions.js';
import { ApiKey } from './api-key.entity.js';

/** Rows in one statement. */
const BATCH = 500;

/** When keys were last used: merged in memory, written every few seconds, and only ever moved forward. */
@Injectable()
export class LastUse implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pending = new Map<string, number>();
  private timer: FlushTimer | undefined;

  constructor(
    private readonly config: Config,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = new FlushTimer(this, this.config.USAGE_FLUSH_INTERVAL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.timer?.stop();
  }

  /** @param atMs milliseconds since 1970 */
  note(keyId: string, atMs: number): void {
    this.pending.set(keyId, atMs);
  }

  /**
   * When keys were last used, as far as it isn't in the database yet. To be asked before the database is: from memory a use goes there,
   * and it leaves only once it is there.
   */
  pendingOf(keyIds: string[]): Map<string, Date> {
    return new Map(
      keyIds.flatMap((id) => {
        const atMs = this.pending.get(id);
        return atMs === undefined ? [] : [[id, new Date(atMs)] as const];
      }),
    );
  }

  /** Writes what is pending in key order, which keeps several writers from blocking each other; what fails stays pending. */
  async flush(): Promise<void> {
    const uses = [...this.pending].sort(([a], [b]) => (a < b ? -1 : 1));
    while (uses.length > 0) {
      const batch = uses.splice(0, BATCH);
      await this.write(batch);
      for (const [keyId, at] of batch) if (this.pending.get(keyId) === at) this.pending.delete(keyId);
    }
  }

  private async write(uses: [string, number][]): Promise<void> {
    await this.transactions.run(async ({ manager }) => {
      const { driver } = manager.dataSource;
      const column = manager
        .getRepository(ApiKey)
        .metadata.columns.find(({ propertyName }) => propertyName === 'lastUsedAt');
      const cases = uses.flatMap(([keyId, at]) => {
        const stored: unknown = column && driver.preparePersistentValue(new Date(at), column);
        return [keyId, stored, stored];
      });
      await manager.query(
        `UPDATE api_key SET last_used_at = CASE id
           ${uses.map(() => 'WHEN ? THEN CASE WHEN last_used_at > ? THEN last_used_at ELSE ? END').join(' ')} END
         WHERE id IN (${uses.map(() => '?').join(', ')})`,
        [...cases, ...uses.map(([keyId]) => keyId)],
      );
    });
  }
}
