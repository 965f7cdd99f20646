import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../config.js';
import { DomainError } from '../../domain/domain-error.js';
import { isUnreachable } from '../../domain/transactions.js';
import type { Subject } from './key-change.entity.js';
import { KnownKeys, type KnownKey } from './known-keys.js';
import { Trust } from './trust.js';

/** Public ids remembered as nobody's; garbage of the right shape can't crowd out the keys. */
const UNKNOWN_MAX = 10_000;

/** Reads of different keys at a time; past that the database is too slow to wait for. */
const READS_MAX = 1000;

const READ_TIMEOUT_MS = 2000;

/** When to ask again while the database can't answer. */
const RETRY_AFTER_SECONDS = 1;

/** One read of one key, shared by all who wait for it. */
interface Fill {
  /** A change of this key, or of what it depends on, arrived since the read began: what it finds is used for nothing. */
  isStale: boolean;
  result: Promise<KnownKey | null>;
}

/**
 * What this process knows of keys, by public id: bounded, with the ids that are nobody's beside.
 * It never serves anything known to be old, and serves nothing while the process may have missed a change (see {@link Trust}).
 */
@Injectable()
export class Keyring {
  private readonly known: LRUCache<string, KnownKey>;
  private readonly unknown = new LRUCache<string, true>({ max: UNKNOWN_MAX });
  private readonly fills = new Map<string, Fill>();
  private reads = 0;

  constructor(
    private readonly keys: KnownKeys,
    private readonly trust: Trust,
    config: Config,
  ) {
    this.known = new LRUCache({ max: config.KEYRING_MAX_KEYS });
  }

  get size(): number {
    return this.known.size;
  }

  /** The key if it is known and may be trusted, `null` if it is known to be nobody's, `undefined` if the database must be asked. */
  peek(publicId: string): KnownKey | null | undefined {
    if (!this.trust.holds()) return undefined;
    return this.known.get(publicId) ?? (this.unknown.has(publicId) ? null : undefined);
  }

  /**
   * Asks the database, and remembers the answer while it may be trusted.
   *
   * @throws {DomainError} `unavailable` when the database doesn't answer in time
   */
  async find(publicId: string): Promise<KnownKey | null> {
    for (;;) {
      const epoch = this.trust.epoch();
      if (epoch === null) return this.read(publicId);
      const fill = this.fills.get(publicId) ?? this.startFill(publicId);
      const key = await fill.result;
      if (fill.isStale) continue;
      if (this.trust.epoch() === epoch) this.remember(publicId, key);
      return key;
    }
  }

  /** Forgets what a change makes old. */
  apply({ kind, id }: Subject): void {
    if (kind === 'key') {
      this.known.delete(id);
      this.unknown.delete(id);
      this.endFill(id);
      return;
    }
    const field = FIELD_OF[kind];
    for (const key of this.known.values()) if (key[field] === id) this.known.delete(key.publicId);
    // What a read under way depends on isn't known before it ends.
    for (const publicId of this.fills.keys()) this.endFill(publicId);
  }

  /** Forgets everything, because changes may have been missed. */
  clear(): void {
    this.known.clear();
    this.unknown.clear();
    for (const publicId of this.fills.keys()) this.endFill(publicId);
  }

  private startFill(publicId: string): Fill {
    const fill: Fill = { isStale: false, result: this.read(publicId) };
    this.fills.set(publicId, fill);
    const done = (): void => {
      if (this.fills.get(publicId) === fill) this.fills.delete(publicId);
    };
    fill.result.then(done, done);
    return fill;
  }

  /** Whoever asks from now on begins a new read. */
  private endFill(publicId: string): void {
    const fill = this.fills.get(publicId);
    if (!fill) return;
    fill.isStale = true;
    this.fills.delete(publicId);
  }

  private remember(publicId: string, key: KnownKey | null): void {
    if (key) this.known.set(publicId, key);
    else this.unknown.set(publicId, true);
  }

  private async read(publicId: string): Promise<KnownKey | null> {
    const refusal = new DomainError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    if (this.reads >= READS_MAX) throw refusal;
    this.reads += 1;
    const reading = this.keys.read(publicId).finally(() => (this.reads -= 1));
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(refusal), READ_TIMEOUT_MS)));
    try {
      return await Promise.race([reading, timeout]);
    } catch (error) {
      throw isUnreachable(error) ? refusal : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

const FIELD_OF = { account: 'accountId', application: 'applicationId', merchant: 'merchantId' } as const;
