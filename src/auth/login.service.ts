import { Injectable } from '@nestjs/common';
import { STATUS, type Account } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { keyOf, LoginNames } from '../accounts/login-names.js';
import { guessesAt, LoginThrottle } from '../accounts/login-throttle.js';
import { LoginSessions } from '../accounts/sessions/login-sessions.js';
import { Passwords } from '../accounts/passwords.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { EventDetails } from '../platform/events/domain-event.js';
import { DeniedRequests } from '../platform/http/denied-requests.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
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
    private readonly names: LoginNames,
    private readonly passwords: Passwords,
    private readonly sessions: LoginSessions,
    private readonly deniedRequests: DeniedRequests,
    private readonly throttle: LoginThrottle,
    private readonly tokens: LoginTokens,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Exchanges a password for a login token. An unknown name is refused like a wrong password, and takes as long.
   *
   * @param name the username, the e-mail address or the number of the account
   * @throws {DomainError} `login.failed`, `login.throttled`, and with the right password `access.account_inactive`
   */
  async login(visitor: Actor, name: string, password: string): Promise<Login> {
    let target: Account | null = null;
    // Failures count for the account, whichever of its names was used, or for a name that no account has.
    const findSubject = async (): Promise<string> => {
      target = await this.names.find(name);
      return target ? guessesAt(target) : `name ${keyOf(name)}`;
    };
    const account = await this.throttle.guard(visitor.address ?? '', findSubject, async () => {
      try {
        return await this.identify(visitor, name, password);
      } catch (error) {
        if (target && error instanceof DomainError) this.recordFailure(visitor, target, error);
        throw error;
      }
    });
    return this.open(visitor, account);
  }

  /**
   * Opens a session of an account that has just been authenticated, by whatever means.
   *
   * @param details how it was authenticated, for the audit trail
   * @throws {DomainError} `login.failed` if its password has changed in the meantime
   */
  async open(
    visitor: Actor,
    { id, passwordHash }: Pick<Account, 'id' | 'passwordHash'>,
    details: EventDetails = {},
  ): Promise<Login> {
    return this.transactions.run(async (tx) => {
      const account = await this.accounts.noteLogin(tx, visitor, id, details);
      if (account.passwordHash !== passwordHash || account.status !== STATUS.active)
        throw new DomainError('login.failed');
      const session = await this.sessions.open(tx, visitor, id, this.tokens.ttlSeconds);
      return { token: this.tokens.issue(account, session.id), account };
    });
  }

  private async identify({ address }: Actor, name: string, password: string): Promise<Account> {
    const account = await this.names.find(name);
    const isRight = await this.passwords.matches(password, account?.passwordHash ?? null, address);
    if (!account || !isRight) throw new DomainError('login.failed');
    if (account.status !== STATUS.active || account.merchant?.status !== 'active')
      throw new DomainError('access.account_inactive');
    return account;
  }

  /** Records that a login of a known account has failed. */
  recordFailure(actor: Actor, { uuid, merchantId }: Account, { code }: DomainError): void {
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
