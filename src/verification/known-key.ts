import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { Merchant } from '../accounts/merchant.entity.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { Application } from '../applications/application.entity.js';

/** What a verification needs to know of a key. */
export interface KnownKey extends ApiKey {
  /** Its merchant's eight digits. */
  clientId: string;
  isMerchantActive: boolean;
  /** `true` for a key that is for no application. */
  isApplicationEnabled: boolean;
  /** What its owner may do now; `null` for a key that belongs to a merchant, -1 for an owner who may do nothing. */
  ownerLevel: number | null;
}

type JoinedKey = ApiKey & { merchant?: Merchant; application?: Application; owner?: Account };

/** Reads keys with everything that decides about them, in one statement. */
@Injectable()
export class KnownKeys {
  constructor(@InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>) {}

  async find(by: { publicId: string } | { id: string }): Promise<KnownKey | null> {
    const key: JoinedKey | null = await this.keys
      .createQueryBuilder('key')
      .leftJoinAndMapOne('key.merchant', Merchant, 'merchant', 'merchant.id = key.merchantId')
      .leftJoinAndMapOne('key.application', Application, 'application', 'application.id = key.applicationId')
      .leftJoinAndMapOne('key.owner', Account, 'owner', 'owner.id = key.accountId')
      .where(by)
      .getOne();
    if (!key) return null;
    const { merchant, application, owner } = key;
    return Object.assign(key, {
      clientId: merchant?.clientId ?? '',
      isMerchantActive: merchant?.status === 'active',
      isApplicationEnabled: key.applicationId === null || application?.isEnabled === true,
      ownerLevel: key.surface === 'accounts' ? (owner?.levelOfKeys ?? -1) : null,
    });
  }
}
