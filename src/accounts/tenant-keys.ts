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
   * Enabling a merchant or an application restores its keys, and restoring a key is granting it: the actor must be allowed to grant each.
   *
   * @throws {DomainError} `access.level_lacking` when a usable key is above the actor's level
   */
  abstract assertCanRestore(tx: Transaction, actor: Actor, tenant: KeyTenant): Promise<void>;

  /**
   * Revokes some keys of an application for good, because it is being deleted; none if no more than `leaving` are left.
   *
   * @returns whether more are left
   */
  abstract revokeSome(
    tx: Transaction,
    actor: Actor,
    application: Required<KeyTenant>,
    leaving: number,
  ): Promise<boolean>;
}
