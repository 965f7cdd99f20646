import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { SYSTEM } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { Account, STATUS } from './account.entity.js';
import { AccountsService } from './accounts.service.js';
import { MerchantsService } from './merchants/merchants.service.js';
import { Passwords } from './passwords.js';

/** How to log in for the first time. */
export interface FirstLogin {
  username: string;
  /** Only when it was generated: it is shown once. */
  generatedPassword: string | null;
}

/** The account that a new server begins with. */
@Injectable()
export class FirstAdmin {
  constructor(
    @InjectRepository(Account) private readonly repository: Repository<Account>,
    private readonly accounts: AccountsService,
    private readonly config: Config,
    private readonly merchants: MerchantsService,
    private readonly passwords: Passwords,
    private readonly transactions: Transactions,
  ) {}

  /** Creates it when there is no account at all; `null` when there is one, also when another instance was faster. */
  async ensure(): Promise<FirstLogin | null> {
    if (await this.repository.exists()) return null;
    const { ADMIN_USERNAME: username, ADMIN_EMAIL: email, ADMIN_PASSWORD } = this.config;
    const password = ADMIN_PASSWORD ?? this.passwords.generate();
    const passwordHash = await this.passwords.hash(password);
    try {
      await this.transactions.run(async (tx) => {
        const merchant = await this.merchants.create(tx, SYSTEM, 'Keywright');
        await this.accounts.create(tx, SYSTEM, {
          merchantId: merchant.id,
          username,
          email,
          passwordHash,
          role: 'admin',
          status: STATUS.active,
          consent: 1,
        });
      });
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
    return { username, generatedPassword: ADMIN_PASSWORD === undefined ? password : null };
  }
}
