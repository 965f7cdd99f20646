import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, type Repository } from 'typeorm';
import { Merchant } from '../merchant.entity.js';

/** Merchants at a time: what is looked for along an index of theirs is so looked for in as many places. */
const AT_ONCE = 100;

/** All merchants, some at a time, for what goes through everybody's things. */
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
