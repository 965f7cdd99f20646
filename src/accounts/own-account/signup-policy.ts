import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, MoreThan, type Repository } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Clock } from '../../platform/runtime/clock.js';
import { keyOf } from '../login-names.js';
import { OneTimeLink } from '../links/one-time-link.entity.js';

/** Decides who may sign up at `/signup`, by the setting `SIGNUP`. */
@Injectable()
export class SignupPolicy {
  constructor(
    @InjectRepository(OneTimeLink) private readonly links: Repository<OneTimeLink>,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Returns whether the owner of an address may sign up. Whoever may not is answered as those who may, and is sent no mail, so that strangers do not
   * learn who has been invited.
   *
   * @throws {DomainError} `signup.closed` if nobody may
   */
  async admits(email: string): Promise<boolean> {
    const { signup } = this.config;
    if (signup === 'off') throw new DomainError('signup.closed');
    return signup === 'open' || this.isInvited(email);
  }

  /** Whether an invitation to become a merchant waits for this address. */
  private isInvited(email: string): Promise<boolean> {
    const waiting = { usedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
    return this.links.existsBy({ ...waiting, email: In([email, keyOf(email)]), purpose: 'merchant_signup' });
  }
}
