import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../../api-keys/api-key.entity.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Clock } from '../../platform/runtime/clock.js';
import type { CachedKey } from '../cache/cached-key.js';
import type { QuotaState, RateState } from '../outcome.js';
import { VerificationService } from '../verification.service.js';
import { Limits } from './limits.js';

/** What is left of all limits that apply to a key. */
export interface LimitsLeft {
  key: CachedKey;
  /** In the order of the key's rate limits. */
  rates: readonly RateState[];
  /** In the order of the key's quotas. */
  quotas: readonly QuotaState[];
}

/** Finds out what is left of a key's limits. */
@Injectable()
export class LimitsLeftService {
  constructor(
    private readonly clock: Clock,
    private readonly limits: Limits,
    private readonly verification: VerificationService,
  ) {}

  /**
   * Reads the state of the limits without using anything of them, even of a key that isn't valid now.
   *
   * @throws {DomainError} `api_key.not_found`, `unavailable`
   */
  async read({ publicId }: Pick<ApiKey, 'publicId'>): Promise<LimitsLeft> {
    const [key] = await this.verification.findAll([publicId]);
    if (!key) throw new DomainError('api_key.not_found');
    const { rates, quotas } = await this.limits.consume(key, 0, this.clock.nowMs());
    return { key, rates, quotas };
  }
}
