import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Merchant } from '../../accounts/merchant.entity.js';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/runtime/clock.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { ApiKey } from '../api-key.entity.js';
import { unexpired } from '../usable-keys.js';

/** Limits the number of active keys that a client has on the clients surface. */
@Injectable()
export class ClientKeyLimit {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Returns how many more active keys the client may have. No other transaction can use them up before this one ends. */
  async remaining({ manager }: Transaction, merchantId: string): Promise<number> {
    await lockRow(manager, Merchant, merchantId);
    const active = { merchantId, surface: 'clients' as const, deletedAt: IsNull(), isActive: true };
    const count = await manager.countBy(ApiKey, unexpired(active, this.clock.now()));
    return Math.max(0, this.config.MAX_KEYS_PER_CLIENT - count);
  }
}
