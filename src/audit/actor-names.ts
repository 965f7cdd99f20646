import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { In, type EntityManager } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { Clock } from '../platform/runtime/clock.js';

/** An account as its merchant knows it: its id in the list of members, and its username. */
export type ActorName = Pick<Account, 'uuid' | 'username'>;

/** Accounts that are remembered, and the time after which another instance's change of a username is noticed. */
const REMEMBERED_MAX = 1000;
const REMEMBERED_MS = 60_000;

/** Finds the names of actors, mostly without a statement. */
@Injectable()
export class ActorNames {
  private readonly remembered = new LRUCache<number, ActorName>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });

  constructor(private readonly clock: Clock) {}

  /** Returns the names of accounts by their integer ids. */
  async find(manager: EntityManager, ids: Iterable<number>): Promise<Map<number, ActorName>> {
    const names = new Map<number, ActorName>();
    const unknown: number[] = [];
    for (const id of new Set(ids)) {
      const name = this.remembered.get(id);
      if (name) names.set(id, name);
      else unknown.push(id);
    }
    if (unknown.length === 0) return names;
    const accounts = await manager.find(Account, {
      select: { id: true, uuid: true, username: true, createdAt: true },
      where: { id: In(unknown) },
    });
    for (const { id, uuid, username, createdAt } of accounts) {
      names.set(id, { uuid, username });
      // The transaction may be rolled back, and another account may then get the id of a new one.
      if (this.clock.nowMs() - createdAt.getTime() > REMEMBERED_MS) this.remembered.set(id, { uuid, username });
    }
    return names;
  }

  /** Forgets all names, because one may have changed. */
  forget(): void {
    this.remembered.clear();
  }
}
