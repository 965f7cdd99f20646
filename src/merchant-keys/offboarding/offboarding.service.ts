import { Injectable } from '@nestjs/common';
import { In, IsNull, MoreThan, Not, type FindOptionsWhere } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { Account, STATUS } from '../../accounts/account.entity.js';
import type { UpdateMemberBody } from '../../accounts/members/members.dto.js';
import { MembersService, REMOVAL } from '../../accounts/members/members.service.js';
import { ApiKey } from '../../api-keys/api-key.entity.js';
import { ApiKeysService, type KeyChanges } from '../../api-keys/api-keys.service.js';
import { LastUse } from '../../api-keys/last-use.js';
import { DomainError } from '../../domain/domain-error.js';
import type { Transaction } from '../../domain/transactions.js';
import type { OffboardingQuery } from './offboarding.dto.js';

/** Keys shown of those that a member made. */
const SHOWN = 100;

/** Keys changed in one transaction. */
const BATCH = 500;

/** A key that belongs to the merchant, whoever made it. */
export type MerchantKey = ApiKey & { surface: 'clients' | 'merchants' };

export interface Offboarding {
  keys: MerchantKey[];
  totalKeys: number;
  personalKeysEnding: number;
}

/** What becomes of the merchant's keys when the member who made them goes. By default they go on working. */
@Injectable()
export class OffboardingService {
  constructor(
    private readonly members: MembersService,
    private readonly apiKeys: ApiKeysService,
    private readonly lastUse: LastUse,
  ) {}

  /**
   * What a change would lead to.
   *
   * @throws {DomainError} as the change itself would
   */
  async foresee(
    caller: Caller,
    uuid: string,
    change: UpdateMemberBody | null,
    wish: OffboardingQuery,
  ): Promise<Offboarding> {
    await this.lastUse.flush();
    return this.members.foresee(caller, uuid, change ?? REMOVAL, async (tx, member) => {
      await responsibleOf(tx, member, wish);
      const [keys, totalKeys] = await tx.manager.findAndCount(ApiKey, {
        where: madeBy(member),
        order: { createdAt: 'ASC', id: 'ASC' },
        take: SHOWN,
      });
      const personalKeysEnding = await tx.manager.countBy(ApiKey, {
        accountId: member.id,
        surface: 'accounts',
        level: MoreThan(levelOfKeysAfter(tx, member, change ?? REMOVAL)),
        deletedAt: IsNull(),
      });
      return { keys: keys as MerchantKey[], totalKeys, personalKeysEnding };
    });
  }

  /** @throws {DomainError} as `MembersService.update`; `request.invalid` for somebody who can't be responsible */
  async update(caller: Caller, uuid: string, change: UpdateMemberBody, wish: OffboardingQuery): Promise<Account> {
    await this.changeMany(caller, uuid, change, wish);
    return this.members.update(caller, uuid, change, (tx, member) => this.finish(tx, caller, member, wish));
  }

  /** @throws {DomainError} as {@link update} */
  async remove(caller: Caller, uuid: string, wish: OffboardingQuery): Promise<void> {
    await this.changeMany(caller, uuid, REMOVAL, wish);
    await this.members.remove(caller, uuid, (tx, member) => this.finish(tx, caller, member, wish));
  }

  /**
   * Changes the keys of somebody who made many, in transactions of bounded length, until those that are left fit in the one
   * that changes the member. Who is interrupted goes on where it stopped by asking again.
   */
  private async changeMany(
    caller: Caller,
    uuid: string,
    change: UpdateMemberBody,
    wish: OffboardingQuery,
  ): Promise<void> {
    if (isNothing(wish)) return;
    const changeBatch = async (tx: Transaction, member: Account): Promise<boolean> => {
      const where = unlike(member, wish, await responsibleOf(tx, member, wish));
      if ((await tx.manager.countBy(ApiKey, where)) <= BATCH) return false;
      await this.changeSome(tx, caller, member, wish);
      return true;
    };
    while (await this.members.foresee(caller, uuid, change, changeBatch));
  }

  private async finish(tx: Transaction, caller: Caller, member: Account, wish: OffboardingQuery): Promise<void> {
    if (isNothing(wish)) return;
    await this.changeSome(tx, caller, member, wish);
    await tx.publish({
      name: 'account.offboarded',
      actor: caller,
      merchantId: member.merchantId,
      targetType: 'account',
      targetId: member.uuid,
      details: { keys: wish.keys ?? 'keep', responsibleId: wish.responsibleId ?? null },
    });
  }

  private async changeSome(tx: Transaction, caller: Caller, member: Account, wish: OffboardingQuery): Promise<void> {
    const responsible = await responsibleOf(tx, member, wish);
    const keys = await tx.manager.find(ApiKey, { where: unlike(member, wish, responsible), take: BATCH });
    const changes: KeyChanges = {
      ...(wish.keys === 'suspend' && { isActive: false }),
      ...(responsible && { responsibleAccountId: responsible.id }),
    };
    for (const key of keys) await this.apiKeys.change(tx, caller, key, changes).catch(unlessGone);
  }
}

/** Keys that aren't yet as they should be. */
function unlike(member: Account, { keys }: OffboardingQuery, responsible: Account | null): FindOptionsWhere<ApiKey>[] {
  const made = madeBy(member);
  return [
    ...(keys === 'suspend' ? [{ ...made, isActive: true }] : []),
    ...(responsible ? [{ ...made, responsibleAccountId: IsNull() }] : []),
    ...(responsible ? [{ ...made, responsibleAccountId: Not(responsible.id) }] : []),
  ];
}

/** A key that somebody has just deleted needs nothing more. */
function unlessGone(error: unknown): void {
  if (!(error instanceof DomainError) || error.code !== 'api_key.not_found') throw error;
}

const isNothing = ({ keys, responsibleId }: OffboardingQuery): boolean =>
  keys !== 'suspend' && responsibleId === undefined;

const madeBy = ({ id, merchantId }: Account): FindOptionsWhere<ApiKey> => ({
  accountId: id,
  merchantId,
  surface: In(['clients', 'merchants']),
  deletedAt: IsNull(),
});

/** The highest level that a personal key may have afterwards; -1 is none. */
function levelOfKeysAfter({ manager }: Transaction, member: Account, { role, status }: UpdateMemberBody): number {
  const after = manager.create(Account, {
    ...member,
    ...(role && { role }),
    ...(status === 'disabled' && { status: STATUS.disabled }),
  });
  return after.levelOfKeys ?? -1;
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
