import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, type Repository } from 'typeorm';
import { Merchant } from '../merchant.entity.js';

/** Merchants in a batch; a query along an index by merchant scans as many ranges. */
const AT_ONCE = 100;

/** Iterates over all merchants in batches, for jobs that process every tenant. */
@Injectable()
export class MerchantBatches {
  constructor(@InjectRepository(Merchant) private readonly merchants: Repository<Merchant>) {}

  async *all(): AsyncGenerator<Merchant[]> {
    for (let after = ''; ;) {
      const batch = await this.merchants.find({ where: { id: MoreThan(after) }, order: { id: 'ASC' }, take: AT_ONCE });
      const last = batch.at(-1);
      if (!last) return;
      yield batch;
      after = last.id;
    }
  }
}
