import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../platform/config/config.js';
import { isFormerPublicId, publicIdsOf } from '../../api-keys/credentials/imported/imported-credential.js';
import { withTimeout, unavailableError } from '../../platform/database/with-timeout.js';
import type { StaleEntries } from '../../platform/events/invalidation.js';
import { CachedKeyReader, type CachedKey } from './cached-key.js';
import { CacheValidity } from './cache-validity.js';

/** The number of unknown public ids that are cached. They have a cache of their own, so that well-formed garbage cannot displace keys. */
const UNKNOWN_MAX = 10_000;

/** The maximum number of concurrent reads of different keys. Beyond it, the database is too slow to wait for. */
const READS_MAX = 1000;

/** How much metadata counts as much as a key without any, in characters. */
const METADATA_PER_KEY = 1024;

/** A read of one key, shared by all callers that wait for it. */
interface Fill {
  /** Whether the key, or anything it depends on, has changed since the read began. The result of a stale read is discarded. */
  isStale: boolean;
  result: Promise<CachedKey | null>;
}

/**
 * The key cache: a bounded number of keys by public id, and a bounded number of public ids that belong to no key. It never returns an entry
 * that is known to be outdated, and returns nothing while the process may have missed a change (see {@link CacheValidity}).
 */
@Injectable()
export class KeyCache {
  private readonly known: LRUCache<string, CachedKey>;
  private readonly unknown = new LRUCache<string, true>({ max: UNKNOWN_MAX });
  private readonly fills = new Map<string, Fill>();
  private reads = 0;
  /** The number of look-ups that were answered from the cache. */
  hits = 0;
  /** The number of look-ups that needed the database. */
  misses = 0;
  /** The number of database reads. Concurrent look-ups of the same key share one. */
  fillsStarted = 0;

  constructor(
    private readonly keys: CachedKeyReader,
    private readonly validity: CacheValidity,
    config: Config,
  ) {
    const max = config.KEYRING_MAX_KEYS;
    const sizeCalculation = ({ metadata }: CachedKey): number =>
      Math.min(max, 1 + Math.floor((metadata?.length ?? 0) / METADATA_PER_KEY));
    // A maximum of entries would have its memory taken at once.
    this.known = new LRUCache({ maxSize: max, sizeCalculation });
  }

  get size(): number {
    return this.known.size;
  }

  /** The number of public ids that are cached as belonging to no key. */
  get unknownSize(): number {
    return this.unknown.size;
  }

  /** Returns the cached key, `null` if the id is known to belong to no key, or `undefined` if the database has to be read. */
  get(publicId: string): CachedKey | null | undefined {
    if (!this.validity.holds()) return undefined;
    const cached = this.known.get(publicId) ?? (this.unknown.has(publicId) ? null : undefined);
    if (cached !== undefined) this.hits += 1;
    return cached;
  }

  /**
   * Reads a key from the database, and caches it while the cache is valid. A key that changes during the read is read again.
   *
   * @throws {DomainError} `unavailable` if the database doesn't respond in time
   */
  async fetch(publicId: string): Promise<CachedKey | null> {
    this.misses += 1;
    for (;;) {
      const generation = this.validity.generation();
      if (generation === null) return this.read(() => this.keys.read(publicId));
      const fill =
        this.fills.get(publicId) ??
        this.startFill(
          publicId,
          generation,
          this.read(() => this.keys.read(publicId)),
        );
      const key = await fill.result;
      if (!fill.isStale) return key;
    }
  }

  /** Reads several keys as {@link fetch} does, by one statement, and returns them in the order of their public ids. */
  async fetchAll(publicIds: readonly string[]): Promise<(CachedKey | null)[]> {
    this.misses += 1;
    for (;;) {
      const generation = this.validity.generation();
      if (generation === null) return this.read(() => this.keys.readAll(publicIds));
      const missing = publicIds.filter((publicId) => !this.fills.has(publicId));
      if (missing.length > 0) {
        const reading = this.read(() => this.keys.readAll(missing));
        for (const [index, publicId] of missing.entries())
          this.startFill(
            publicId,
            generation,
            reading.then((keys) => keys[index] ?? null),
          );
      }
      const fills = publicIds.flatMap((publicId) => this.fills.get(publicId) ?? []);
      const keys = await Promise.all(fills.map(({ result }) => result));
      if (!fills.some(({ isStale }) => isStale)) return keys;
    }
  }

  /** Removes the entries that a change makes outdated. */
  invalidate({ kind, id }: StaleEntries): void {
    if (kind === 'key') {
      this.known.delete(id);
      this.unknown.delete(id);
      this.markStale(id);
      return;
    }
    if (kind === 'import') {
      // A text becomes a key by the public id that its format gives it, or the one that version 0.1 gives it.
      const { from } = publicIdsOf(id);
      const isImported = (publicId: string): boolean => publicId.startsWith(from) || isFormerPublicId(publicId);
      for (const publicId of this.unknown.keys()) if (isImported(publicId)) this.unknown.delete(publicId);
      for (const publicId of this.fills.keys()) if (isImported(publicId)) this.markStale(publicId);
      return;
    }
    const field = FIELD_BY_KIND[kind];
    for (const key of this.known.values()) if (key[field] === id) this.known.delete(key.publicId);
    // The account, application and merchant of a key that is being read are not known yet.
    for (const publicId of this.fills.keys()) this.markStale(publicId);
  }

  /** Removes all entries, because changes may have been missed. */
  clear(): void {
    this.known.clear();
    this.unknown.clear();
    for (const publicId of this.fills.keys()) this.markStale(publicId);
  }

  /** Adds a read that has been started. Its result is cached in the same step in which it leaves `fills`, so no invalidation can slip in between. */
  private startFill(publicId: string, generation: number, result: Promise<CachedKey | null>): Fill {
    const fill: Fill = { isStale: false, result };
    this.fills.set(publicId, fill);
    fill.result.then(
      (key) => {
        if (fill.isStale) return;
        this.fills.delete(publicId);
        if (this.validity.generation() === generation) this.store(publicId, key);
      },
      () => {
        if (!fill.isStale) this.fills.delete(publicId);
      },
    );
    return fill;
  }

  /** Marks a running read as stale. Later look-ups start a new one. */
  private markStale(publicId: string): void {
    const fill = this.fills.get(publicId);
    if (!fill) return;
    fill.isStale = true;
    this.fills.delete(publicId);
  }

  private store(publicId: string, key: CachedKey | null): void {
    if (key) this.known.set(publicId, key);
    else this.unknown.set(publicId, true);
  }

  private async read<T>(statement: () => Promise<T>): Promise<T> {
    if (this.reads >= READS_MAX) throw unavailableError();
    this.reads += 1;
    this.fillsStarted += 1;
    return withTimeout(statement().finally(() => (this.reads -= 1)));
  }
}

const FIELD_BY_KIND = {
  account: 'accountId',
  application: 'applicationId',
  merchant: 'merchantId',
  limit: 'sharedLimitId',
} as const;
