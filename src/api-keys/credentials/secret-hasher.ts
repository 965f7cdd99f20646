import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import type { MaybePromise } from '../../platform/runtime/maybe-promise.js';
import { SLOW_ALGORITHMS, SlowHashes, type SlowAlgorithm } from './imported/slow-hashes.js';

/** A secret as it is stored: its keyed hash, and which pepper made it; for an imported secret that wasn't used yet, which slow algorithm. */
export interface HashedSecret {
  secretHash: string;
  pepperId: string;
}

/**
 * HMAC-SHA-256 of secrets under peppers that the database never sees. A fast hash is right for secrets with over 112 random bits
 * (OWASP ASVS 5.0, 6.5.2). Several peppers are good at a time; new hashes are made with the newest.
 */
@Injectable()
export class SecretHasher {
  readonly slowHashes = new SlowHashes();
  private readonly peppers: ReadonlyMap<string, string>;
  private readonly newest: string;

  constructor(config: Config) {
    this.peppers = new Map(config.KEY_PEPPERS.map((pepper) => [pepperIdOf(pepper), pepper]));
    this.newest = pepperIdOf(config.KEY_PEPPERS[0] ?? '');
  }

  hash(secret: string): HashedSecret {
    return { secretHash: this.hmac(secret, this.newest) ?? '', pepperId: this.newest };
  }

  /**
   * Whether the secret is the hashed one; the comparison takes the same time wherever they differ.
   *
   * @throws {DomainError} `unavailable` when the hash is a slow one and too many are being compared
   */
  matches(secret: string, { secretHash, pepperId }: HashedSecret): MaybePromise<boolean> {
    if (isSlow(pepperId)) return this.slowHashes.matches(secret, secretHash, pepperId);
    const actual = this.hmac(secret, pepperId);
    return (
      actual !== null &&
      actual.length === secretHash.length &&
      timingSafeEqual(Buffer.from(actual), Buffer.from(secretHash))
    );
  }

  /** Whether it wasn't hashed under the newest pepper. */
  isOutdated({ pepperId }: Pick<HashedSecret, 'pepperId'>): boolean {
    return pepperId !== this.newest;
  }

  private hmac(secret: string, pepperId: string): string | null {
    const pepper = this.peppers.get(pepperId);
    return pepper === undefined ? null : createHmac('sha256', pepper).update(secret).digest('hex');
  }
}

const isSlow = (pepperId: string): pepperId is SlowAlgorithm =>
  (SLOW_ALGORITHMS as readonly string[]).includes(pepperId);

/** A pepper's name in the database: it follows from the pepper, so that nobody has to number them. */
const pepperIdOf = (pepper: string): string =>
  createHash('sha256').update(`pepper:${pepper}`).digest('hex').slice(0, 8);
