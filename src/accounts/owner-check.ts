import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { Account } from './account.entity.js';
import { guessesAt, LoginThrottle } from './login-throttle.js';
import { Passwords } from './passwords.js';

/** Has the owner of an account send the current password again, before what the account logs in with changes. */
@Injectable()
export class OwnerCheck {
  constructor(
    private readonly config: Config,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * Checks the current password of an account, if its owner has chosen one and `REQUIRE_CURRENT_PASSWORD` is set. Wrong ones are limited as at logins.
   *
   * @throws {DomainError} `password.current_missing`, `password.current_wrong`, `login.throttled`
   */
  async assertIsOwner(
    { address }: Pick<Actor, 'address'>,
    account: Pick<Account, 'id' | 'passwordHash'>,
    password: string | null | undefined,
  ): Promise<void> {
    if (!this.config.REQUIRE_CURRENT_PASSWORD || account.passwordHash === null) return;
    if (password == null) throw new DomainError('password.current_missing');
    const subject = (): Promise<string> => Promise.resolve(guessesAt(account));
    await this.throttle.guard(address ?? '', subject, async () => {
      if (!(await this.passwords.matches(password, account.passwordHash, address)))
        throw new DomainError('password.current_wrong');
    });
  }
}
