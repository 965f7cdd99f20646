import { Injectable } from '@nestjs/common';
import { KeyRotation } from '../api-keys/key-rotation.js';
import { withTimeout, TIMEOUT_MS } from '../platform/database/with-timeout.js';
import { KeyCache } from './cache/key-cache.js';
import { RevocationBarrier } from './barrier/revocation-barrier.js';
import { LEASE_MS } from './barrier/lease.js';
import type { CachedKey } from './cache/cached-key.js';

/** How long a use waits at the most: as long as the database may take, and then the slowest instance. */
const WAIT_MS = TIMEOUT_MS + LEASE_MS;

/** The first good use of a credential that ends the one before it. Whoever comes while that is under way waits for the same end. */
@Injectable()
export class FirstUse {
  private readonly ending = new Map<string, Promise<void>>();

  constructor(
    private readonly barrier: RevocationBarrier,
    private readonly cache: KeyCache,
    private readonly rotation: KeyRotation,
  ) {}

  /** Comes back once no instance accepts the replaced credential any more. Where the database can't say so, the next use tries again. */
  async of({ id, publicId }: CachedKey): Promise<void> {
    let end = this.ending.get(publicId);
    if (!end) {
      end = this.end(id, publicId).finally(() => this.ending.delete(publicId));
      this.ending.set(publicId, end);
    }
    await withTimeout(end, WAIT_MS).catch(() => undefined);
  }

  private async end(id: string, publicId: string): Promise<void> {
    const isEnded = await this.rotation.endOnFirstUse(id, publicId);
    // Whoever was faster may still be waiting for the slowest instance.
    if (!isEnded) await this.barrier.settled();
    await this.rotation.forgetEnded(id, publicId);
    // What is remembered says that there is something to end.
    this.cache.invalidate({ kind: 'key', id: publicId });
  }
}
