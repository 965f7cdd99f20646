import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { IsNull, type Repository } from 'typeorm';
import { assertWithinLimit } from '../accounts/merchant-limit.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { ApiKey } from './api-key.entity.js';

/** Up to this limit, keys are counted at each creation: it takes a few milliseconds at most. */
const COUNTED_MAX = 20_000;

/** How many keys of a merchant this process creates before the first count, and how few more make each creation count. */
const FEW = 1000;

/** The part of what a merchant may still have that this process uses before it counts again; there may be as many instances. */
const SHARE = 16;

/** How long a count is relied on, and for how many merchants. */
const COUNT_AGAIN_AFTER_MS = 10_000;
const MERCHANTS_MAX = 10_000;

/** How many more keys of a merchant this process creates without counting. */
interface Allowance {
  left: number;
  countedAtMs: number;
  isCounting: boolean;
}

/**
 * Limits the number of keys that a merchant has on all surfaces. Counting a million keys takes longer than creating one. So far from a high
 * limit they are counted beside the creations, now and then; close to it, each creation counts.
 */
@Injectable()
export class MerchantKeyLimit {
  private readonly allowances = new LRUCache<string, Allowance>({ max: MERCHANTS_MAX });

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly config: Config,
  ) {}

  /** @throws {DomainError} `api_key.limit_reached` */
  async assertWithin(tx: Transaction, merchantId: string, adding: number): Promise<void> {
    const max = this.config.MAX_KEYS_PER_MERCHANT;
    if (max === 0 || (max > COUNTED_MAX && this.takeAllowance(merchantId, adding))) return;
    const count = async (): Promise<number> => {
      const counted = await tx.manager.countBy(ApiKey, { merchantId, deletedAt: IsNull() });
      const allowance = this.allowances.get(merchantId);
      if (allowance) this.allow(allowance, counted + adding);
      return counted;
    };
    await assertWithinLimit(tx, { merchantId, max, adding, count, code: 'api_key.limit_reached' });
  }

  private takeAllowance(merchantId: string, adding: number): boolean {
    const known = this.allowances.get(merchantId);
    const allowance = known ?? { left: FEW, countedAtMs: Number.NEGATIVE_INFINITY, isCounting: false };
    if (!known) this.allowances.set(merchantId, allowance);
    const isOld = performance.now() - allowance.countedAtMs > COUNT_AGAIN_AFTER_MS;
    if (isOld && !allowance.isCounting) void this.count(merchantId, allowance);
    if (allowance.left < adding) return false;
    allowance.left -= adding;
    return true;
  }

  private async count(merchantId: string, allowance: Allowance): Promise<void> {
    allowance.isCounting = true;
    try {
      this.allow(allowance, await this.keys.countBy({ merchantId, deletedAt: IsNull() }));
    } catch {
      // The next creation tries again.
    } finally {
      allowance.isCounting = false;
      allowance.countedAtMs = performance.now();
    }
  }

  private allow(allowance: Allowance, count: number): void {
    const free = this.config.MAX_KEYS_PER_MERCHANT - count;
    allowance.left = free <= FEW ? 0 : Math.floor(free / SHARE);
  }
}
