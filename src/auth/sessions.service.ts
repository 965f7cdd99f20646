import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { AccountsService } from '../accounts/accounts.service.js';
import type { LoginSession } from '../accounts/sessions/login-session.entity.js';
import { LoginSessions } from '../accounts/sessions/login-sessions.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { PageQuery } from '../platform/http/paging/page.dto.js';

/** The sessions of the caller's own account. A session that has ended is refused at once, on every instance. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: LoginSessions,
    private readonly transactions: Transactions,
  ) {}

  list({ accountId }: Caller, query: PageQuery): Promise<[LoginSession[], number]> {
    return this.sessions.list(accountId, query);
  }

  /** Ends the session of the request, unless a request at the same time has ended it. */
  async logOut(caller: Caller): Promise<void> {
    if (!caller.sessionId) throw new DomainError('credential.invalid');
    await this.endIfValid(caller, caller.sessionId);
  }

  /** @throws {DomainError} `session.not_found` unless the session is a valid one of the caller's account */
  async end(caller: Caller, id: string): Promise<void> {
    if (!(await this.endIfValid(caller, id))) throw new DomainError('session.not_found');
  }

  /** Ends all sessions but that of the request. */
  endOthers(caller: Caller): Promise<void> {
    return this.transactions.run(async (tx) => {
      const count = await this.sessions.endAll(tx, caller.accountId, caller.sessionId ?? null);
      if (count > 0) await this.accounts.noteLogout(tx, caller, count);
    });
  }

  private endIfValid(caller: Caller, id: string): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const hasEnded = await this.sessions.end(tx, caller.accountId, id);
      if (hasEnded) await this.accounts.noteLogout(tx, caller, 1);
      return hasEnded;
    });
  }
}
