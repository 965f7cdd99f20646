import { randomUUID } from 'node:crypto';
import type { Account } from '../accounts/account.entity.js';
import type { AuditEvent } from '../audit/audit-event.entity.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { Erasure } from './erasure.entity.js';

type Person = Pick<Account, 'id' | 'uuid' | 'email' | 'username'>;

/** Has the traces of a merchant erased. */
export async function eraseTracesOfMerchant({ manager }: Transaction, merchantId: string): Promise<void> {
  await manager.insert(Erasure, { id: randomUUID(), merchantId, accountId: null, memberId: null, names: [] });
}

/** Has the traces of people erased, with the names that they have. */
export async function eraseTracesOfPeople({ manager }: Transaction, people: Person[]): Promise<void> {
  const rows = people.map(({ id, uuid, email, username }) => ({
    id: randomUUID(),
    merchantId: null,
    accountId: id,
    memberId: uuid,
    names: [...new Set([email.toLowerCase(), username.toLowerCase()])],
  }));
  if (rows.length > 0) await manager.insert(Erasure, rows);
}

/** Finds the events that say something of the merchants and people of some erasures. */
export class Traces {
  private readonly merchants: Set<string>;
  private readonly accounts: Set<number>;
  private readonly members: Set<string>;
  private readonly names: Set<string>;

  constructor(erasures: Erasure[]) {
    this.merchants = new Set(erasures.flatMap(({ merchantId }) => merchantId ?? []));
    this.accounts = new Set(erasures.flatMap(({ accountId }) => accountId ?? []));
    this.members = new Set(erasures.flatMap(({ memberId }) => memberId ?? []));
    this.names = new Set(erasures.flatMap(({ names }) => names));
  }

  include({ merchantId, actorAccountId, targetId, details }: AuditEvent): boolean {
    return (
      this.merchants.has(merchantId) ||
      (actorAccountId !== null && this.accounts.has(actorAccountId)) ||
      this.members.has(targetId) ||
      [details.email, details.username].some((name) => typeof name === 'string' && this.names.has(name.toLowerCase()))
    );
  }
}
