import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { insertOrRenew } from '../../platform/database/rows.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import type { UsedKey } from './used-key.js';
import { LastSource } from './last-source.entity.js';
import { writePending } from './pending.js';
import { coarsen, type CoarseSource, type Source } from './source.js';

/** For how long an address that costs much to read is taken to be that of a key's later uses by the same program. */
const SAMPLED_MS = 1000;

/** How often a source is written that stays the same. */
const REWRITTEN_MS = 60_000;

interface Use extends Source {
  key: UsedKey;
  atMs: number;
}

interface CoarseUse extends CoarseSource {
  key: UsedKey;
  atMs: number;
}

/** Records where keys were last used from, as far as that is known. */
@Injectable()
export class LastSources extends WriteBehindBuffer {
  private readonly pending = new Map<string, Use>();
  /** What this instance has written of the keys in the cache. */
  private readonly written = new WeakMap<UsedKey, Omit<CoarseUse, 'key'>>();

  constructor(
    config: Config,
    private readonly transactions: Transactions,
  ) {
    super(config.USAGE_FLUSH_INTERVAL_MS);
  }

  /**
   * @param isSampled whether the address costs so much to read that it is read once a second
   * @param nowMs milliseconds since 1970
   */
  record(key: UsedKey, source: Source, isSampled: boolean, nowMs: number): void {
    const { userAgent } = source;
    const last = isSampled ? this.pending.get(key.id) : undefined;
    if (last !== undefined && nowMs - last.atMs < SAMPLED_MS && last.userAgent === userAgent) return;
    const { ip } = source;
    if (ip !== undefined || userAgent !== undefined) this.pending.set(key.id, { key, atMs: nowMs, ip, userAgent });
  }

  flush(): Promise<void> {
    return writePending(this.pending, this.transactions, async (manager, uses) => {
      const renewed = uses
        .map(({ key, atMs, ...source }) => ({ key, atMs, ...coarsen(source) }))
        .filter((use) => this.isToWrite(use));
      if (renewed.length === 0) return;
      const rows = renewed.map(({ key, atMs, ...source }) => ({ keyId: key.id, usedAt: new Date(atMs), ...source }));
      await insertOrRenew(manager, LastSource, rows, 'usedAt', ['network', 'agent']);
      for (const { key, ...source } of renewed) this.written.set(key, source);
    });
  }

  private isToWrite({ key, network, agent, atMs }: CoarseUse): boolean {
    const last = this.written.get(key);
    const isSame = last?.network === network && last.agent === agent;
    return !isSame || atMs - last.atMs >= REWRITTEN_MS;
  }
}
