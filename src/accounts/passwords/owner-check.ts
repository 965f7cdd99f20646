import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { Account } from '../account.entity.js';
import { guessesAt, LoginThrottle } from './login-throttle.js';
import { LoginSessions } from '../sessions/login-sessions.js';
import { Passwords } from './passwords.js';

/** The time after a sign-in with a provider in which its session may change what the account logs in with. */
const FRESH_SECONDS = 300;

/** Has the owner of an account send the current password again, before what the account logs in with changes. */
@Injectable()
export class OwnerCheck {
  constructor(
    private readonly config: Config,
    private readonly passwords: Passwords,
    private readonly sessions: LoginSessions,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * Checks the current password of an account, if its owner has chosen one and `REQUIRE_CURRENT_PASSWORD` is set. Wrong ones are limited as at
   * logins. Who signs in with a provider, and so has none, must just have done so.
   *
   * @throws {DomainError} `access.login_too_old`, `password.current_missing`, `password.current_wrong`, `login.throttled`
   */
  async assertIsOwner(
    { address, sessionId }: Pick<Actor, 'address' | 'sessionId'>,
    account: Pick<Account, 'id' | 'passwordHash' | 'isExternal'>,
    password: string | null | undefined,
  ): Promise<void> {
    if (!this.config.REQUIRE_CURRENT_PASSWORD) return;
    if (account.passwordHash === null) {
      if (!account.isExternal || (sessionId && (await this.sessions.isFresh(sessionId, FRESH_SECONDS)))) return;
      throw new DomainError('access.login_too_old');
    }
    if (password == null) throw new DomainError('password.current_missing');
    const subject = (): Promise<string> => Promise.resolve(guessesAt(account));
    await this.throttle.guard(address ?? '', subject, async () => {
      if (!(await this.passwords.matches(password, account.passwordHash, address)))
        throw new DomainError('password.current_wrong');
    });
  }
}
