import { Injectable } from '@nestjs/common';
import { grants } from '../../access/scopes.js';
import { Config } from '../../platform/config/config.js';
import { insertOrRenew } from '../../platform/database/rows.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { DAY_MS } from '../../platform/runtime/clock.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import type { UsedKey } from './used-key.js';
import { writePending } from './pending.js';
import { ScopeUse } from './scope-use.entity.js';

/** Required scopes that are remembered for a key, more than which one is rarely asked for. */
const REMEMBERED = 200;

/** The scopes that were required of a key on a day. */
interface Required {
  day: number;
  scopes: Set<string>;
}

/** Records when each scope of a key was last used, to the day. */
@Injectable()
export class ScopeUses extends WriteBehindBuffer {
  private readonly pending = new Map<string, ScopeUse>();
  private readonly required = new WeakMap<UsedKey, Required>();

  constructor(
    config: Config,
    private readonly transactions: Transactions,
  ) {
    super(config.USAGE_FLUSH_INTERVAL_MS);
  }

  /**
   * @param scopes what a valid verification required
   * @param nowMs milliseconds since 1970
   */
  record(key: UsedKey, scopes: readonly string[], nowMs: number): void {
    const day = Math.floor(nowMs / DAY_MS);
    let required = this.required.get(key);
    if (required?.day !== day || required.scopes.size >= REMEMBERED) {
      required = { day, scopes: new Set() };
      this.required.set(key, required);
    }
    for (const scope of scopes) {
      if (required.scopes.has(scope)) continue;
      required.scopes.add(scope);
      this.use(key, scope, new Date(nowMs));
    }
  }

  flush(): Promise<void> {
    return writePending(this.pending, this.transactions, (manager, uses) =>
      insertOrRenew(manager, ScopeUse, uses, 'usedAt'),
    );
  }

  private use(key: UsedKey, required: string, usedAt: Date): void {
    for (const scope of key.ownScopes ?? [])
      if (grants([scope], required)) this.pending.set(`${key.id} ${scope}`, { keyId: key.id, scope, usedAt });
  }
}
