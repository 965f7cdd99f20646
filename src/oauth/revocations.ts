import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { keyTarget } from '../api-keys/usable-keys.js';
import type { Actor } from '../platform/events/actor.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { RevokedSession } from '../verification/cache/revoked-session.entity.js';
import type { AccessToken } from './access-token.js';
import type { Client } from './clients.js';
import { keyInvalidations } from '../platform/events/invalidation.js';

/** The maximum number of revoked, unexpired sessions per key. Every instance that caches the key caches them with it. */
const MAX_REVOKED = 1000;

/** The time after which to retry at that limit. Sessions that expire make room. */
const RETRY_AFTER_SECONDS = 60;

/**
 * Revokes sessions. A key's revoked sessions are read together with the key, so a revocation passes the barrier as a change of the key:
 * every instance drops the key from its cache, and no instance accepts the session once the call has returned.
 */
@Injectable()
export class Revocations {
  constructor(
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Revokes a session. Revoking it again changes nothing, but waits for the barrier as well.
   *
   * @throws {DomainError} `unavailable` while a thousand sessions of the key are revoked and have not expired (RFC 7009, section 2.2.1)
   */
  async revoke({ key }: Client, { claims, publicId }: AccessToken, actor: Actor): Promise<void> {
    const row = { id: claims.jti, keyId: key.id, expiresAt: new Date(claims.exp * 1000) };
    await this.transactions.run(async (tx) => {
      const live = { keyId: key.id, expiresAt: MoreThan(this.clock.now()) };
      if ((await tx.manager.countBy(RevokedSession, live)) >= MAX_REVOKED)
        throw new DomainError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      await tx.manager.upsert(RevokedSession, row, ['id']);
      await tx.publish({
        ...keyTarget(key),
        name: 'session.revoked',
        actor,
        details: { publicId, sessionId: claims.jti },
        // A session ends by itself within the hour; the key stays as it is.
        invalidates: keyInvalidations('nothing', publicId),
      });
    });
  }
}
