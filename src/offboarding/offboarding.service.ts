import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { Account, STATUS } from '../accounts/account.entity.js';
import type { UpdateMemberBody } from '../accounts/members/members.dto.js';
import { MembersService, REMOVAL } from '../accounts/members/members.service.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { ApiKeysService, type KeyChanges } from '../api-keys/api-keys.service.js';
import { LastUse } from '../api-keys/uses/last-use.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { isGalera } from '../platform/database/galera/is-galera.js';
import { OrphanedKeys, type Reassignment, type Shown } from './orphaned-keys.js';
import type { OffboardingQuery } from './offboarding.dto.js';
import { NOTHING } from '../platform/events/invalidation.js';

/** The most keys shown of those that a member created, and of those that a member is responsible for. */
const SHOWN = 100;

/** Keys changed in one transaction. */
const BATCH = 500;

const NONE: Shown = { keys: [], total: 0 };

/** The keys that a member would leave behind. */
export interface Offboarding {
  made: Shown;
  answeredFor: Shown;
  personalKeysEnding: number;
}

/** Handles the merchant's keys when the member who created them, or is responsible for them, leaves. By default the keys remain valid. */
@Injectable()
export class OffboardingService {
  constructor(
    private readonly members: MembersService,
    private readonly apiKeys: ApiKeysService,
    private readonly lastUse: LastUse,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Previews a change.
   *
   * @throws {DomainError} as the change itself
   */
  async preview(
    caller: Caller,
    uuid: string,
    change: UpdateMemberBody | null,
    wish: OffboardingQuery,
  ): Promise<Offboarding> {
    await this.lastUse.flush();
    return this.members.preview(caller, uuid, change ?? REMOVAL, async (tx, member) => {
      await assertNoneStronger(tx, caller, member, wish);
      const orphaned = await OrphanedKeys.of(tx.manager, member);
      const personalKeysEnding = await tx.manager.countBy(ApiKey, {
        accountId: member.id,
        surface: 'accounts',
        level: MoreThan(levelOfKeysAfter(tx, member, change ?? REMOVAL)),
        deletedAt: IsNull(),
      });
      return { made: await orphaned.createdBy(SHOWN), answeredFor: await orphaned.heldBy(SHOWN), personalKeysEnding };
    });
  }

  /**
   * @throws {DomainError} as `MembersService.update`; `request.invalid` for an account that cannot be responsible; `access.stronger_key` if a key to
   *   suspend or reassign is above the caller's level
   */
  async update(caller: Caller, uuid: string, change: UpdateMemberBody, wish: OffboardingQuery): Promise<Account> {
    await this.changeMany(caller, uuid, change, wish);
    const updated = await this.members.update(caller, uuid, change, async (tx, member) => {
      if (!isNothing(wish)) await this.finish(tx, caller, member, wish);
    });
    await this.changeRest(caller, updated, wish);
    return updated;
  }

  /**
   * Changes the keys that were created on other nodes of a Galera cluster while the change of the member wasn't visible there. By now every
   * instance has applied that change, so no more keys follow.
   */
  private async changeRest(caller: Caller, member: Account, wish: OffboardingQuery): Promise<void> {
    if (isNothing(wish)) return;
    const changeSome = async (tx: Transaction): Promise<boolean> =>
      (await isGalera(tx.manager)) && this.changeSome(tx, caller, member, wish, 0);
    while (await this.transactions.run(changeSome));
  }

  /**
   * Without a successor, keys that the member was responsible for keep that reference, and the audit record of the removal lists them: clearing a
   * million references would delay the removal.
   *
   * @throws {DomainError} as {@link update}
   */
  async remove(caller: Caller, uuid: string, wish: OffboardingQuery): Promise<void> {
    await this.changeMany(caller, uuid, REMOVAL, wish);
    let removed: Account | undefined;
    await this.members.remove(caller, uuid, async (tx, member) => {
      removed = member;
      const orphaned = wish.responsibleId === undefined ? await this.reassignHeldKeys(tx, member) : NONE;
      if (!isNothing(wish) || orphaned.total > 0) await this.finish(tx, caller, member, wish, orphaned);
    });
    if (removed) await this.changeRest(caller, removed, wish);
  }

  /**
   * Changes the keys of a member in transactions of bounded length, until the remaining ones fit into the transaction that changes the member.
   * Repeating an interrupted request continues where it stopped.
   */
  private async changeMany(
    caller: Caller,
    uuid: string,
    change: UpdateMemberBody,
    wish: OffboardingQuery,
  ): Promise<void> {
    if (isNothing(wish)) return;
    await this.members.preview(caller, uuid, change, (tx, member) => assertNoneStronger(tx, caller, member, wish));
    while (
      await this.members.preview(caller, uuid, change, (tx, member) => this.changeSome(tx, caller, member, wish, BATCH))
    );
  }

  private async finish(
    tx: Transaction,
    caller: Caller,
    member: Account,
    wish: OffboardingQuery,
    { keys, total }: Shown = NONE,
  ): Promise<void> {
    while (await this.changeSome(tx, caller, member, wish, 0));
    await tx.publish({
      name: 'account.offboarded',
      actor: caller,
      merchantId: member.merchantId,
      targetType: 'account',
      targetId: member.uuid,
      details: {
        keys: wish.keys ?? 'keep',
        responsibleId: wish.responsibleId ?? null,
        ...(total > 0 && { totalResponsibleFor: total, responsibleFor: keys.map(({ id }) => id) }),
      },
      invalidates: NOTHING,
    });
  }

  private async reassignHeldKeys(tx: Transaction, member: Account): Promise<Shown> {
    return (await OrphanedKeys.of(tx.manager, member)).heldBy(SHOWN);
  }

  /**
   * Changes a batch of the keys that are not yet reassigned, unless at most this many remain.
   *
   * @returns whether keys remain
   */
  private async changeSome(
    tx: Transaction,
    caller: Caller,
    member: Account,
    wish: OffboardingQuery,
    unless: number,
  ): Promise<boolean> {
    const reassignment = await reassignmentFor(tx, member, wish);
    const keys = await (await OrphanedKeys.of(tx.manager, member)).pendingReassignment(reassignment, BATCH + 1);
    if (keys.length <= unless) return false;
    for (const key of keys.slice(0, BATCH))
      await this.apiKeys.change(tx, caller, key, changesOf(key, member, reassignment)).catch(unlessDeleted);
    return keys.length > BATCH;
  }
}

const reassignmentFor = async (tx: Transaction, member: Account, wish: OffboardingQuery): Promise<Reassignment> => ({
  isSuspended: wish.keys === 'suspend',
  responsible: await responsibleOf(tx, member, wish),
});

/**
 * Refuses to suspend or reassign keys of which one is stronger than the caller, before the first of them is changed.
 *
 * @throws {DomainError} `access.stronger_key`, `request.invalid`
 */
async function assertNoneStronger(
  tx: Transaction,
  { level }: Caller,
  member: Account,
  wish: OffboardingQuery,
): Promise<void> {
  const reassignment = await reassignmentFor(tx, member, wish);
  if (await (await OrphanedKeys.of(tx.manager, member)).haveAbove(level, reassignment))
    throw new DomainError('access.stronger_key');
}

/** Only keys that the member created are suspended: a member who is responsible for a key need not have seen its secret. */
const changesOf = (key: ApiKey, member: Account, { isSuspended, responsible }: Reassignment): KeyChanges => ({
  ...(isSuspended && key.accountId === member.id && { isActive: false }),
  // A key that returns to its creator needs no responsible account.
  ...(responsible && { responsibleAccountId: responsible.id === key.accountId ? null : responsible.id }),
});

/** Ignores a key that has just been deleted. */
function unlessDeleted(error: unknown): void {
  if (!(error instanceof DomainError) || error.code !== 'api_key.not_found') throw error;
}

const isNothing = ({ keys, responsibleId }: OffboardingQuery): boolean =>
  keys !== 'suspend' && responsibleId === undefined;

/** The highest level of personal keys after the change; -1 means that none may remain. */
function levelOfKeysAfter({ manager }: Transaction, member: Account, { role, status }: UpdateMemberBody): number {
  const after = manager.create(Account, {
    ...member,
    ...(role && { role }),
    ...(status === 'disabled' && { status: STATUS.disabled }),
  });
  return after.maxKeyLevel ?? -1;
}

async function responsibleOf(
  { manager }: Transaction,
  member: Account,
  { responsibleId }: OffboardingQuery,
): Promise<Account | null> {
  if (responsibleId === undefined) return null;
  const { merchantId } = member;
  const found = await manager.findOneBy(Account, {
    uuid: responsibleId,
    merchantId,
    status: STATUS.active,
    deletedAt: IsNull(),
  });
  if (found && found.id !== member.id) return found;
  const message = 'responsibleId must be another active member of the same merchant';
  throw DomainError.invalid('responsibleId', message);
}
