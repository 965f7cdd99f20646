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

/** The login of the first account. */
export interface FirstLogin {
  username: string;
  /** The password, if it was generated; it is shown once. */
  generatedPassword: string | null;
}

/** The first account of a new server. */
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

  /** Creates the first account; returns `null` when there is an account already, even if another instance has just created it. */
  async ensure(): Promise<FirstLogin | null> {
    if (await this.repository.exists()) return null;
    const { ADMIN_USERNAME: username, ADMIN_EMAIL: email, ADMIN_PASSWORD } = this.config;
    const password = ADMIN_PASSWORD ?? this.passwords.generate();
    const passwordHash = await this.passwords.hash(password);
    try {
      await this.transactions.run(async (tx) => {
        const merchant = await this.merchants.create(tx, SYSTEM, 'Keywright', {}, null);
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
