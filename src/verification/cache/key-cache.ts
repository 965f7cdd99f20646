import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../platform/config/config.js';
import { withTimeout, unavailableError } from '../../platform/database/with-timeout.js';
import type { Invalidation } from '../../platform/events/invalidation.js';
import { CachedKeyReader, type CachedKey } from './cached-key.js';
import { CacheValidity } from './cache-validity.js';

/** Public ids remembered as nobody's; garbage of the right shape can't crowd out the keys. */
const UNKNOWN_MAX = 10_000;

/** Reads of different keys at a time; past that the database is too slow to wait for. */
const READS_MAX = 1000;

/** One read of one key, shared by all who wait for it. */
interface Fill {
  /** A change of this key, or of what it depends on, arrived since the read began: what it finds is used for nothing. */
  isStale: boolean;
  result: Promise<CachedKey | null>;
}

/**
 * What this process knows of keys, by public id: bounded, with the ids that are nobody's beside.
 * It never serves anything known to be old, and serves nothing while the process may have missed a change (see {@link CacheValidity}).
 */
@Injectable()
export class KeyCache {
  private readonly known: LRUCache<string, CachedKey>;
  private readonly unknown = new LRUCache<string, true>({ max: UNKNOWN_MAX });
  private readonly fills = new Map<string, Fill>();
  private reads = 0;
  /** How often it was asked and knew the answer, how often it had to ask the database, and how often it did. */
  hits = 0;
  misses = 0;
  fillsStarted = 0;

  constructor(
    private readonly keys: CachedKeyReader,
    private readonly validity: CacheValidity,
    config: Config,
  ) {
    this.known = new LRUCache({ max: config.KEYRING_MAX_KEYS });
  }

  get size(): number {
    return this.known.size;
  }

  /** How many ids it remembers as nobody's. */
  get unknownSize(): number {
    return this.unknown.size;
  }

  /** The key if it is known and may be trusted, `null` if it is known to be nobody's, `undefined` if the database must be asked. */
  get(publicId: string): CachedKey | null | undefined {
    if (!this.validity.holds()) return undefined;
    const known = this.known.get(publicId) ?? (this.unknown.has(publicId) ? null : undefined);
    if (known !== undefined) this.hits += 1;
    return known;
  }

  /**
   * Asks the database, and remembers the answer while it may be trusted.
   *
   * @throws {DomainError} `unavailable` when the database doesn't answer in time
   */
  async fetch(publicId: string): Promise<CachedKey | null> {
    this.misses += 1;
    for (;;) {
      const epoch = this.validity.generation();
      if (epoch === null) return this.read(publicId);
      const fill = this.fills.get(publicId) ?? this.startFill(publicId, epoch);
      const key = await fill.result;
      if (!fill.isStale) return key;
    }
  }

  /** Forgets what a change makes old. */
  invalidate({ kind, id }: Invalidation): void {
    if (kind === 'key') {
      this.known.delete(id);
      this.unknown.delete(id);
      this.endFill(id);
      return;
    }
    if (kind === 'import') {
      this.unknown.clear();
      for (const publicId of this.fills.keys()) this.endFill(publicId);
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

  /** What is found is remembered in the same moment in which changes stop making it stale, and so never after one. */
  private startFill(publicId: string, epoch: number): Fill {
    const fill: Fill = { isStale: false, result: this.read(publicId) };
    this.fills.set(publicId, fill);
    fill.result.then(
      (key) => {
        if (fill.isStale) return;
        this.fills.delete(publicId);
        if (this.validity.generation() === epoch) this.remember(publicId, key);
      },
      () => {
        if (!fill.isStale) this.fills.delete(publicId);
      },
    );
    return fill;
  }

  /** Whoever asks from now on begins a new read. */
  private endFill(publicId: string): void {
    const fill = this.fills.get(publicId);
    if (!fill) return;
    fill.isStale = true;
    this.fills.delete(publicId);
  }

  private remember(publicId: string, key: CachedKey | null): void {
    if (key) this.known.set(publicId, key);
    else this.unknown.set(publicId, true);
  }

  private async read(publicId: string): Promise<CachedKey | null> {
    if (this.reads >= READS_MAX) throw unavailableError();
    this.reads += 1;
    this.fillsStarted += 1;
    return withTimeout(this.keys.read(publicId).finally(() => (this.reads -= 1)));
  }
}

const FIELD_OF = { account: 'accountId', application: 'applicationId', merchant: 'merchantId' } as const;
