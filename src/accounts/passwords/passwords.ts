import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { DomainError } from '../../platform/events/domain-error.js';
import { partyAt } from '../../platform/limits/address.js';
import { FairQueue, QueueFull } from '../../platform/runtime/fair-queue.js';

/** Argon2id as OWASP recommends it: 19 MiB, two passes, one lane. (`Algorithm.Argon2id` is 2; the enum is no value at run time.) */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Two at a time leave most of libuv's four threads to others; an address that sends many passwords waits for itself. */
const QUEUE = { concurrency: 2, waitingPerKey: 100, waiting: 1000, waitMs: 10_000 };

/** Hashes and verifies passwords, a bounded number at a time. */
@Injectable()
export class Passwords {
  private readonly queue = new FairQueue(QUEUE);
  /** A hash to compare with for unknown names, so that refusing them takes as long as refusing a wrong password. */
  private readonly nobodys = this.hash(this.generate(), null);

  /**
   * @param address whose turn it is
   * @throws {DomainError} `unavailable` when too many passwords wait
   */
  hash(password: string, address: string | null): Promise<string> {
    return this.inTurn(address, () => hash(password, PARAMETERS));
  }

  /**
   * Whether the password is correct; takes the same time when there is no hash to compare with.
   *
   * @param address whose turn it is
   * @throws {DomainError} `unavailable` when too many passwords wait
   */
  async matches(password: string, passwordHash: string | null, address: string | null): Promise<boolean> {
    const compared = passwordHash ?? (await this.nobodys);
    const isRight = await this.inTurn(address, () => verify(compared, password));
    return isRight && passwordHash !== null;
  }

  /** Generates a random password. */
  generate(): string {
    return randomBytes(18).toString('base64url');
  }

  private async inTurn<T>(address: string | null, task: () => Promise<T>): Promise<T> {
    try {
      return await this.queue.run(partyAt(address ?? ''), task);
    } catch (error) {
      throw error instanceof QueueFull ? new DomainError('unavailable', { retryAfterSeconds: 5 }) : error;
    }
  }
}
