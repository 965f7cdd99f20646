import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { addToCounters } from '../../platform/database/counters.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { HOUR_MS } from '../../platform/runtime/clock.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import type { UsedKey } from './used-key.js';
import { writePending } from './pending.js';
import { PreviousUse } from './previous-use.entity.js';
import { coarsen, type Source } from './source.js';

/** The sources of a credential that an instance tells apart in an hour. What exceeds them is counted without a source. */
const SOURCES_MAX = 100;

/** Counts the uses of credentials that a rotation has replaced. */
@Injectable()
export class PreviousUses extends WriteBehindBuffer {
  private pending = new Map<string, PreviousUse>();
  /** The sources of each credential in the hour that has begun last. */
  private readonly known = new Map<string, Set<string>>();
  private hourMs = 0;

  constructor(
    config: Config,
    private readonly transactions: Transactions,
  ) {
    super(config.USAGE_FLUSH_INTERVAL_MS);
  }

  /**
   * @param key as it is found by the replaced credential
   * @param nowMs milliseconds since 1970
   */
  record(key: UsedKey, source: Source, nowMs: number, uses = 1): void {
    const hourMs = nowMs - (nowMs % HOUR_MS);
    const { network, agent } = coarsen({ ip: source.ip, userAgent: source.userAgent });
    const use = {
      keyId: key.id,
      publicId: key.publicId,
      hour: new Date(hourMs),
      network: network ?? '',
      agent: agent ?? '',
    };
    this.add(this.isToldApart(use) ? use : { ...use, network: '', agent: '' }, uses);
  }

  /** Counts that can't be written are added to those that have come meanwhile. */
  async flush(): Promise<void> {
    const taken = this.pending;
    this.pending = new Map();
    try {
      await writePending(taken, this.transactions, (manager, uses) =>
        addToCounters(manager, PreviousUse, uses, 'count'),
      );
    } finally {
      for (const { count, ...use } of taken.values()) this.add(use, count);
    }
  }

  private add(use: Omit<PreviousUse, 'count'>, by: number): void {
    const name = nameOf(use);
    const counted = this.pending.get(name);
    if (counted) counted.count += by;
    else this.pending.set(name, { ...use, count: by });
  }

  private isToldApart({ publicId, hour, ...use }: Omit<PreviousUse, 'count'>): boolean {
    if (this.hourMs !== hour.getTime()) {
      this.hourMs = hour.getTime();
      this.known.clear();
    }
    const known = this.known.get(publicId) ?? new Set();
    this.known.set(publicId, known);
    const name = `${use.network} ${use.agent}`;
    if (known.size < SOURCES_MAX) known.add(name);
    return known.has(name);
  }
}

const nameOf = ({ keyId, publicId, hour, network, agent }: Omit<PreviousUse, 'count'>): string =>
  [keyId, publicId, hour.getTime(), network, agent].join(' ');
