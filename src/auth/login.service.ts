import { Injectable } from '@nestjs/common';
import { STATUS, type Account } from '../accounts/account.entity.js';
import { AccountsService, accountTarget } from '../accounts/accounts.service.js';
import { keyOf, LoginNames } from '../accounts/login-names.js';
import { guessesAt, LoginThrottle } from '../accounts/passwords/login-throttle.js';
import { LoginSessions } from '../accounts/sessions/login-sessions.js';
import { Passwords } from '../accounts/passwords/passwords.js';
import type { Actor } from '../platform/events/actor.js';
import type { EventDetails } from '../platform/events/domain-event.js';
import { DomainError, type FactorMethod } from '../platform/events/domain-error.js';
import type { Refusal } from '../platform/http/route-facts.js';
import { DeniedRequests } from '../platform/http/denied-requests.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { LoginTokens } from './login-tokens.js';
import { LoginChallenges, SECOND_FACTOR_REQUIRED } from './second-step/login-challenges.js';
import { NOTHING } from '../platform/events/invalidation.js';

export interface Login {
  token: string;
  account: Account;
}

/** How a login can fail. */
export const LOGIN_REFUSALS: Refusal[] = [
  'login.failed',
  SECOND_FACTOR_REQUIRED,
  'login.throttled',
  'access.account_inactive',
  'unavailable',
];

/** The login behind the three surfaces. */
@Injectable()
export class LoginService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly challenges: LoginChallenges,
    private readonly names: LoginNames,
    private readonly passwords: Passwords,
    private readonly sessions: LoginSessions,
    private readonly deniedRequests: DeniedRequests,
    private readonly throttle: LoginThrottle,
    private readonly tokens: LoginTokens,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Exchanges a password for a login token, unless the account has a second factor. An unknown name is refused like a wrong password, and takes as long.
   *
   * @param name the username, the e-mail address or the number of the account
   * @throws {DomainError} `login.failed`, `login.throttled`, and with the right password `access.account_inactive` or `login.second_factor_required`
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
        throw target && error instanceof DomainError ? this.recordFailure(visitor, target, error) : error;
      }
    });
    return this.enter(visitor, account);
  }

  /**
   * Logs in an account that has been authenticated, by its password or by a provider, unless it has a second factor.
   *
   * @param details how it was authenticated, for the audit trail
   * @throws {DomainError} `login.second_factor_required`, or as {@link open}
   */
  async enter(visitor: Actor, account: Account, details: EventDetails = {}): Promise<Login> {
    if (account.secondFactorAt !== null) throw await this.challenges.ask(account);
    return this.open(visitor, account, details);
  }

  /**
   * Opens a session of an account without a second factor that has just been authenticated.
   *
   * @throws {DomainError} as {@link openWithin}
   */
  open(
    visitor: Actor,
    authenticated: Pick<Account, 'id' | 'passwordHash'>,
    details: EventDetails = {},
  ): Promise<Login> {
    return this.transactions.run((tx) => this.openWithin(tx, visitor, authenticated, null, details));
  }

  /**
   * Opens a session of an account that has just been authenticated.
   *
   * @param secondFactor what it was authenticated by beside the password
   * @param details how it was authenticated, for the audit trail
   * @throws {DomainError} `access.account_inactive`; `login.failed` if it has another password or got a second factor in the meantime
   */
  async openWithin(
    tx: Transaction,
    visitor: Actor,
    { id, passwordHash }: Pick<Account, 'id' | 'passwordHash'>,
    secondFactor: FactorMethod | null,
    details: EventDetails = {},
  ): Promise<Login> {
    const account = await this.accounts.noteLogin(tx, visitor, id, {
      ...details,
      ...(secondFactor && { secondFactor }),
    });
    if (account.status !== STATUS.active || account.merchant?.status !== 'active')
      throw new DomainError('access.account_inactive');
    const isOther = account.passwordHash !== passwordHash || account.deletedAt !== null;
    if (isOther || (account.secondFactorAt !== null && secondFactor === null)) throw new DomainError('login.failed');
    const session = await this.sessions.open(tx, visitor, id, this.tokens.ttlSeconds);
    return { token: this.tokens.issue(account, session.id), account };
  }

  /** Records a failed login of an account. @returns the error */
  recordFailure(actor: Actor, account: Account, error: DomainError): DomainError {
    this.deniedRequests.record(`login ${account.uuid}`, {
      ...accountTarget(account),
      name: 'account.login_failed',
      actor,
      details: { reason: error.code },
      invalidates: NOTHING,
    });
    return error;
  }

  private async identify({ address }: Actor, name: string, password: string): Promise<Account> {
    const account = await this.names.find(name);
    const isRight = await this.passwords.matches(password, account?.passwordHash ?? null, address);
    if (!account || !isRight) throw new DomainError('login.failed');
    if (account.status !== STATUS.active || account.merchant?.status !== 'active')
      throw new DomainError('access.account_inactive');
    return account;
  }
}
