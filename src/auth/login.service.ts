import { Injectable } from '@nestjs/common';
import { STATUS, type Account } from '../accounts/account.entity.js';
import { AccountsService, keyOf, type LoginName } from '../accounts/accounts.service.js';
import { Passwords } from '../accounts/passwords.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import { DeniedRequests } from '../platform/http/denied-requests.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginTokens } from './login-tokens.js';
import { NOTHING } from '../platform/events/invalidation.js';

export interface Login {
  token: string;
  account: Account;
}

/** How a login can fail. */
export const LOGIN_REFUSALS = ['login.failed', 'login.throttled', 'access.account_inactive', 'unavailable'] as const;

/** The login behind the three surfaces. */
@Injectable()
export class LoginService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: Passwords,
    private readonly deniedRequests: DeniedRequests,
    private readonly throttle: LoginThrottle,
    private readonly tokens: LoginTokens,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Exchanges a password for a login token. An unknown name is refused like a wrong password, and takes as long.
   *
   * @throws {DomainError} `login.failed`, `login.throttled`, and with the right password `access.account_inactive`
   */
  async login(visitor: Actor, name: LoginName, password: string): Promise<Login> {
    let target: Account | null = null;
    // Failures count for the account, whichever of its names was used, or for a name that no account has.
    const findSubject = async (): Promise<string> => {
      target = await this.accounts.findByLogin(name);
      return target ? `account ${target.id}` : `name ${keyOf(name.username ?? name.email ?? String(name.id))}`;
    };
    const account = await this.throttle.guard(visitor.address ?? '', findSubject, async () => {
      try {
        return await this.identify(name, password);
      } catch (error) {
        if (target && error instanceof DomainError) this.recordFailure(visitor, target, error);
        throw error;
      }
    });
    return this.open(visitor, account.id);
  }

  /** Logs in an account that has just been authenticated. */
  async open(visitor: Actor, accountId: number): Promise<Login> {
    const account = await this.transactions.run((tx) => this.accounts.noteLogin(tx, visitor, accountId));
    return { token: this.tokens.issue(account), account };
  }

  private async identify(name: LoginName, password: string): Promise<Account> {
    const account = await this.accounts.findByLogin(name);
    const isRight = await this.passwords.matches(password, account?.passwordHash ?? null);
    if (!account || !isRight) throw new DomainError('login.failed');
    if (account.status !== STATUS.active || account.merchant?.status !== 'active')
      throw new DomainError('access.account_inactive');
    return account;
  }

  private recordFailure(actor: Actor, { uuid, merchantId }: Account, { code }: DomainError): void {
    const details = { reason: code };
    this.deniedRequests.record(`login ${uuid}`, {
      name: 'account.login_failed',
      actor,
      merchantId,
      targetType: 'account',
      targetId: uuid,
      details,
      invalidates: NOTHING,
    });
  }
}
