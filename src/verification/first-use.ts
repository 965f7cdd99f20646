import { Injectable } from '@nestjs/common';
import { KeyRotation } from '../api-keys/key-rotation.js';
import { withTimeout, TIMEOUT_MS } from '../platform/database/with-timeout.js';
import { KeyCache } from './cache/key-cache.js';
import { RevocationBarrier } from './barrier/revocation-barrier.js';
import { LEASE_MS } from './barrier/lease.js';
import type { CachedKey } from './cache/cached-key.js';

/** The longest time that a use waits: first for the database, and then for the slowest instance. */
const WAIT_MS = TIMEOUT_MS + LEASE_MS;

/** Ends the previous credential of a rotated key when the new one is first used. Concurrent uses share one attempt. */
@Injectable()
export class FirstUse {
  private readonly ending = new Map<string, Promise<void>>();

  constructor(
    private readonly barrier: RevocationBarrier,
    private readonly cache: KeyCache,
    private readonly rotation: KeyRotation,
  ) {}

  /**
   * Ends the previous credential, and resolves once no instance accepts it. If the database is unavailable, the call resolves anyway, and
   * the next use tries again.
   */
  async endPrevious(key: CachedKey): Promise<void> {
    const { publicId } = key;
    let end = this.ending.get(publicId);
    if (!end) {
      end = this.end(key).finally(() => this.ending.delete(publicId));
      this.ending.set(publicId, end);
    }
    await withTimeout(end, WAIT_MS).catch(() => undefined);
  }

  private async end({ id, publicId, merchantId }: CachedKey): Promise<void> {
    const isEnded = await this.rotation.endOnFirstUse(id, publicId);
    // Another instance has ended it, and may still be waiting for the slowest one.
    if (!isEnded) await this.barrier.settled(merchantId);
    await this.rotation.forgetEnded(id, publicId);
    // The cached key still says that its next use ends the previous credential.
    this.cache.invalidate({ kind: 'key', id: publicId });
  }
}
