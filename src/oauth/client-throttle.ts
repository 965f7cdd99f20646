import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';
import { partyAt } from '../platform/limits/address.js';
import type { Limiter } from '../platform/limits/limiter.js';
import { Limiters } from '../platform/limits/limiters.js';

/** The number of clients that can fail from one address, each up to the limit, before the address itself is refused. */
const CLIENTS_PER_ADDRESS = 10;

/**
 * Limits failed authentications of clients, per client and address, and per address. They are counted after they have failed, so that a client
 * that authenticates costs no statement. One client that fails does not lock out others at its address.
 */
@Injectable()
export class ClientThrottle {
  private readonly pairs: Limiter;
  private readonly addresses: Limiter;

  constructor(limiters: Limiters, { PUBLIC_RATE_LIMIT_PER_MINUTE: points }: Config) {
    this.pairs = limiters.perMinute('client failure', points);
    this.addresses = limiters.perMinute('client failures', points * CLIENTS_PER_ADDRESS);
  }

  /**
   * Runs an attempt to authenticate.
   *
   * @throws {DomainError} `request.rate_limited`, or the error of `attempt`, of which only `credential.invalid` counts as a failure
   */
  async guard<T>(address: string, clientId: string, attempt: () => Promise<T>): Promise<T> {
    const party = partyAt(address);
    const pair = `${party} ${clientId}`;
    this.addresses.assertOpen(party);
    this.pairs.assertOpen(pair);
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof DomainError && error.code === 'credential.invalid') {
        await this.addresses.take(party);
        await this.pairs.take(pair);
      }
      throw error;
    }
  }
}
