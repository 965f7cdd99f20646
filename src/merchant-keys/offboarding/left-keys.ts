import { In, IsNull, LessThan, MoreThan, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { ApiKey } from '../../api-keys/api-key.entity.js';

/** A key that belongs to the merchant, whoever made it. */
export type MerchantKey = ApiKey & { surface: 'clients' | 'merchants' };

/** Some of many keys. */
export interface Shown {
  /** The oldest. */
  keys: MerchantKey[];
  total: number;
}

/** What is to be done with them. */
export interface Fate {
  isSuspended: boolean;
  /** Who answers for them from now on; `null` leaves that as it is. */
  responsible: Account | null;
}

/** The merchant's keys that a member would leave behind. */
export class LeftKeys {
  private constructor(
    private readonly manager: EntityManager,
    private readonly member: Account,
    private readonly makers: number[],
  ) {}

  static async of(manager: EntityManager, member: Account): Promise<LeftKeys> {
    const { merchantId } = member;
    const accounts = await manager.find(Account, { select: { id: true }, where: { merchantId } });
    return new LeftKeys(
      manager,
      member,
      accounts.map(({ id }) => id),
    );
  }

  made(limit: number): Promise<Shown> {
    return this.show(this.areMade, limit);
  }

  /** Those that somebody else made, who left before, and that the member answers for since. */
  answeredFor(limit: number): Promise<Shown> {
    return this.show(this.areAnsweredFor, limit);
  }

  /** Some of those that aren't yet as they should be. */
  async unlike({ isSuspended, responsible }: Fate, limit: number): Promise<MerchantKey[]> {
    const found = new Map<string, MerchantKey>();
    for (const where of [
      ...(isSuspended ? [{ ...this.areMade, isActive: true }] : []),
      ...(responsible ? [{ ...this.areMade, responsibleAccountId: IsNull() }] : []),
      ...(responsible ? [{ ...this.areMade, responsibleAccountId: LessThan(responsible.id) }] : []),
      ...(responsible ? [{ ...this.areMade, responsibleAccountId: MoreThan(responsible.id) }] : []),
      ...(responsible ? [this.areAnsweredFor] : []),
    ]) {
      if (found.size >= limit) break;
      for (const key of await this.manager.find(ApiKey, { where, take: limit })) found.set(key.id, key as MerchantKey);
    }
    return [...found.values()].slice(0, limit);
  }

  private get areMade(): FindOptionsWhere<ApiKey> {
    return { ...this.areMerchants, accountId: this.member.id };
  }

  /** Found by their makers, who are of the same merchant: there is no index for those that answer alone. */
  private get areAnsweredFor(): FindOptionsWhere<ApiKey> {
    return { ...this.areMerchants, accountId: In(this.makers), responsibleAccountId: this.member.id };
  }

  private get areMerchants(): FindOptionsWhere<ApiKey> {
    return { merchantId: this.member.merchantId, surface: In(['clients', 'merchants']), deletedAt: IsNull() };
  }

  private async show(where: FindOptionsWhere<ApiKey>, take: number): Promise<Shown> {
    const order = { createdAt: 'ASC', id: 'ASC' } as const;
    const [keys, total] = await this.manager.findAndCount(ApiKey, { where, order, take });
    return { keys: keys as MerchantKey[], total };
  }
}
