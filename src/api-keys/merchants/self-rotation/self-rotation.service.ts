import { Injectable } from '@nestjs/common';
import type { KeyCaller } from '../../../access/caller.js';
import { lockRow } from '../../../platform/database/row-locks.js';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { ApiKey } from '../../api-key.entity.js';
import { issueFullKey } from '../../credentials/credential.js';
import type { IssuedKey } from '../../issued-key.js';
import { KeyRotation, type RotatedKey } from '../../key-rotation.js';
import { overlapRunning, readPrevious } from '../../previous-credential.js';
import { readRotation } from '../key-settings.js';
import type { SelfRotateKeyBody } from '../rotation.dto.js';

/** Lets keys rotate themselves. */
@Injectable()
export class SelfRotation {
  constructor(
    private readonly clock: Clock,
    private readonly rotation: KeyRotation,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Gives the calling key a new credential, and keeps its expiry, its permissions and its settings. What entitles it is its own permission to
   * rotate itself, whatever has become of its creator.
   *
   * @throws {DomainError} `api_key.self_rotation_not_allowed`; `api_key.overlap_running` while an earlier overlap runs, which is also when the
   *   caller presents its previous credential; `credential.invalid` if the key has just been revoked, disabled or rotated, or has expired
   */
  rotate(caller: KeyCaller, body: SelfRotateKeyBody): Promise<IssuedKey & RotatedKey> {
    const { keyId, publicId } = caller;
    const now = this.clock.now();
    const rotation = readRotation(body, now);
    return this.transactions.run(async (tx) => {
      const key = await lockRow(tx.manager, ApiKey, keyId);
      if (!key?.isActive || key.deletedAt !== null || (key.expiresAt !== null && key.expiresAt <= now))
        throw new DomainError('credential.invalid');
      if (!key.selfRotate) throw new DomainError('api_key.self_rotation_not_allowed');
      const previous = readPrevious(key, now);
      if (previous) throw overlapRunning(previous.validUntil, now);
      if (key.publicId !== publicId) throw new DomainError('credential.invalid');
      const credential = issueFullKey(key.environment);
      return { ...(await this.rotation.replace(tx, caller, key, credential, rotation)), credential };
    });
  }
}
