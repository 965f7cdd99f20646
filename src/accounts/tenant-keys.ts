import type { Transaction } from '../platform/database/transactions/transaction.js';
import type { Actor } from '../platform/events/actor.js';

/** The keys of a merchant, or of one of its applications. */
export interface KeyTenant {
  merchantId: string;
  applicationId?: string;
}

/**
 * What merchants and applications ask of their keys as a whole. The module of the keys provides it, because it imports the modules of the
 * merchants and the applications.
 */
export abstract class TenantKeys {
  /**
   * Ensures that none of the keys is stronger than the actor, who is about to end, narrow or restore all of them together.
   *
   * @param which all keys, or those that are usable unless their merchant or application is blocked or disabled
   * @throws {DomainError} `access.stronger_key`
   */
  abstract assertNoneStronger(tx: Transaction, actor: Actor, tenant: KeyTenant, which: 'all' | 'usable'): Promise<void>;

  /**
   * Revokes some keys of an application for good, because it is being deleted; none if no more than `leaving` are left.
   *
   * @returns whether more are left
   * @throws {DomainError} `access.stronger_key`
   */
  abstract revokeSome(
    tx: Transaction,
    actor: Actor,
    application: Required<KeyTenant>,
    leaving: number,
  ): Promise<boolean>;
}
