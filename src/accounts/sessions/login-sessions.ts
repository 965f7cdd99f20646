import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, Not, type Repository } from 'typeorm';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { Actor } from '../../platform/events/actor.js';
import { sliceOf, type PageQuery } from '../../platform/http/paging/page.dto.js';
import { Clock, secondsAfter } from '../../platform/runtime/clock.js';
import { LoginSession } from './login-session.entity.js';

/** Opens, lists and ends the sessions of accounts. */
@Injectable()
export class LoginSessions {
  constructor(
    @InjectRepository(LoginSession) private readonly sessions: Repository<LoginSession>,
    private readonly clock: Clock,
  ) {}

  async open(tx: Transaction, visitor: Actor, accountId: number, ttlSeconds: number): Promise<LoginSession> {
    const now = this.clock.now();
    const session = tx.manager.create(LoginSession, {
      id: randomUUID(),
      accountId,
      address: visitor.address,
      userAgent: visitor.userAgent,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: secondsAfter(now, ttlSeconds),
      endedAt: null,
    });
    await tx.manager.insert(LoginSession, session);
    return session;
  }

  /** Lists the valid sessions of an account, the latest first. */
  list(accountId: number, query: PageQuery): Promise<[LoginSession[], number]> {
    return this.sessions.findAndCount({
      where: this.validOf(accountId),
      order: { createdAt: 'DESC', id: 'ASC' },
      ...sliceOf(query),
    });
  }

  async isValid({ manager }: Transaction, id: string): Promise<boolean> {
    return manager.existsBy(LoginSession, { id, endedAt: IsNull() });
  }

  /** Whether a session has been opened by a login within so many seconds. */
  async isFresh(id: string, seconds: number): Promise<boolean> {
    return this.sessions.existsBy({ id, createdAt: MoreThan(this.clock.in(-seconds)) });
  }

  /** @returns whether the session was a valid one of the account */
  async end(tx: Transaction, accountId: number, id: string): Promise<boolean> {
    const { affected } = await tx.manager.update(
      LoginSession,
      { ...this.validOf(accountId), id },
      { endedAt: this.clock.now() },
    );
    return affected === 1;
  }

  /**
   * Ends all sessions of an account.
   *
   * @param exceptId the session that goes on
   * @returns how many have been ended
   */
  async endAll(tx: Transaction, accountId: number, exceptId: string | null = null): Promise<number> {
    const others = { ...this.validOf(accountId), ...(exceptId !== null && { id: Not(exceptId) }) };
    const { affected } = await tx.manager.update(LoginSession, others, { endedAt: this.clock.now() });
    return affected ?? 0;
  }

  private validOf(accountId: number) {
    return { accountId, endedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
  }
}
