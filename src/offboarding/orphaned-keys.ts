import type { EntityManager } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { alongIndex } from '../platform/database/engine-sql.js';
import { readRows } from '../platform/database/rows.js';

/** Up to this many keys are counted by reading them; above it, counting along an index is cheaper. */
const FEW = 1000;

/** The condition of keys that belong to the merchant rather than to a person. */
export type MerchantKey = ApiKey & { surface: 'clients' | 'merchants' };

/** The first keys of a larger set. */
export interface Shown {
  /** The oldest keys. */
  keys: MerchantKey[];
  total: number;
}

/** The changes to make to orphaned keys. */
export interface Reassignment {
  isSuspended: boolean;
  /** The account that becomes responsible; `null` leaves the responsibility unchanged. */
  responsible: Account | null;
}

/**
 * The merchant's keys that a member would leave behind. Keys that a member is responsible for are found by their creators, who belong to the same
 * merchant: there is an index of creators anyway, and another one would slow down the creation of keys.
 */
export class OrphanedKeys {
  private readonly areMade: string;
  private readonly areAnsweredFor: string;

  private constructor(
    private readonly manager: EntityManager,
    private readonly member: Account,
    makers: number[],
  ) {
    this.areMade = `account_id = ${member.id}`;
    this.areAnsweredFor = `account_id IN (${makers.join(', ')}) AND responsible_account_id = ${member.id}`;
  }

  static async of(manager: EntityManager, member: Account): Promise<OrphanedKeys> {
    const { merchantId } = member;
    const accounts = await manager.find(Account, { select: { id: true }, where: { merchantId } });
    return new OrphanedKeys(
      manager,
      member,
      accounts.map(({ id }) => id),
    );
  }

  createdBy(limit: number): Promise<Shown> {
    return this.show(this.areMade, limit);
  }

  /** Keys that others created before they left, and that the member is responsible for. */
  heldBy(limit: number): Promise<Shown> {
    return this.show(this.areAnsweredFor, limit);
  }

  /** Whether any of the keys that a reassignment concerns is above this level. */
  async haveAbove(level: number, { isSuspended, responsible }: Reassignment): Promise<boolean> {
    const concerned = responsible ? [this.areMade, this.areAnsweredFor] : isSuspended ? [this.areMade] : [];
    for (const which of concerned)
      if ((await this.ids(this.byMaker, `${which} AND level > ${level} LIMIT 1`)).length > 0) return true;
    return false;
  }

  /** Returns some of the keys that are not yet reassigned. */
  async pendingReassignment({ isSuspended, responsible }: Reassignment, limit: number): Promise<MerchantKey[]> {
    const ids = new Set<string>();
    const add = async (table: string, which: string): Promise<void> => {
      if (ids.size < limit) for (const id of await this.ids(table, `${which} LIMIT ${limit}`)) ids.add(id);
    };
    if (isSuspended) await add('api_key', `${this.areMade} AND is_active = 1`);
    if (responsible) {
      for (const others of ['IS NULL', `< ${responsible.id}`, `> ${responsible.id}`])
        await add(this.byMaker, `${this.areMade} AND responsible_account_id ${others}`);
      await add(this.byMaker, this.areAnsweredFor);
    }
    return this.read([...ids].slice(0, limit));
  }

  private async show(which: string, limit: number): Promise<Shown> {
    const few = await this.ids(this.byMaker, `${which} LIMIT ${FEW + 1}`);
    if (few.length <= FEW) return { keys: (await this.read(few)).slice(0, limit), total: few.length };
    const oldest = await this.ids('api_key', `${which} ORDER BY created_at, id LIMIT ${limit}`);
    const [counted] = await this.select<{ total: number | string }>('COUNT(*) AS total', 'api_key', which);
    return { keys: await this.read(oldest), total: Number(counted?.total) };
  }

  private get byMaker(): string {
    return alongIndex(this.manager.getRepository(ApiKey), 'api_key_account');
  }

  private async ids(table: string, which: string): Promise<string[]> {
    return (await this.select<{ id: string }>('id', table, which)).map(({ id }) => id);
  }

  private select<T>(what: string, table: string, which: string): Promise<T[]> {
    return this.manager.query<T[]>(
      `SELECT ${what} FROM ${table}
        WHERE merchant_id = ? AND deleted_at IS NULL AND surface IN ('clients', 'merchants') AND ${which}`,
      [this.member.merchantId],
    );
  }

  private async read(ids: string[]): Promise<MerchantKey[]> {
    const keys = (await readRows(this.manager, ApiKey, ids)) as MerchantKey[];
    return keys.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));
  }
}
