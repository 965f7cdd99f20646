import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { Account } from './account.entity.js';
import { Passwords } from './passwords.js';

/** Has the owner of an account send the current password again, before what the account logs in with changes. */
@Injectable()
export class OwnerCheck {
  constructor(
    private readonly config: Config,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Checks the current password of an account, if its owner has chosen one and `REQUIRE_CURRENT_PASSWORD` is set.
   *
   * @throws {DomainError} `password.current_missing`, `password.current_wrong`
   */
  async assertIsOwner(
    { address }: Pick<Actor, 'address'>,
    { passwordHash }: Pick<Account, 'passwordHash'>,
    password: string | null | undefined,
  ): Promise<void> {
    if (!this.config.REQUIRE_CURRENT_PASSWORD || passwordHash === null) return;
    if (password == null) throw new DomainError('password.current_missing');
    if (!(await this.passwords.matches(password, passwordHash, address)))
      throw new DomainError('password.current_wrong');
  }
}
