import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import { keyInvalidations } from '../platform/events/invalidation.js';
import { Clock } from '../platform/runtime/clock.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import type { ApiKey } from './api-key.entity.js';
import { ApiKeysService, type Versions } from './api-keys.service.js';
import { assertCovers, holdEffectivePermissions } from './permissions/effective-permissions.js';
import { keyTarget, lockUndeleted } from './usable-keys.js';

/** Resets the quotas of keys. */
@Injectable()
export class QuotaReset {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly clock: Clock,
  ) {}

  /**
   * Has the use of a key's quota start anew: what was used before in the current period no longer counts. The key must not be stronger than
   * the actor.
   *
   * @param versions the versions that the key may have
   * @throws {DomainError} `api_key.not_found`, `api_key.no_quota`, `precondition.failed`, `access.level_lacking`
   */
  async reset(tx: Transaction, actor: Actor, { id }: ApiKey, versions: Versions): Promise<ApiKey> {
    const permissions = await holdEffectivePermissions(tx, actor);
    const [old] = await lockUndeleted(tx, [id]);
    if (!old) throw new DomainError('api_key.not_found');
    assertCovers(permissions, old);
    if (versions && !versions.includes(old.version)) throw new DomainError('precondition.failed');
    if (old.quotaLimit === null) throw new DomainError('api_key.no_quota');
    // Each reset has a time of its own, by which instances tell what is counted since.
    const quotaResetAt = new Date(Math.max(this.clock.nowMs(), (old.quotaResetAt?.getTime() ?? 0) + 1));
    const key = await this.apiKeys.update(tx, id, [old.version], { quotaResetAt });
    const { publicId, previousPublicId, name, quotaLimit, quotaPeriod } = key;
    await tx.publish({
      ...keyTarget(key),
      name: 'api_key.quota_reset',
      actor,
      details: { publicId, name, limit: quotaLimit, period: quotaPeriod, resetAt: quotaResetAt.toISOString() },
      invalidates: keyInvalidations('nothing', publicId, previousPublicId),
    });
    return key;
  }
}
