import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import type { MaybePromise } from '../../platform/runtime/maybe-promise.js';
import { SLOW_ALGORITHMS, SlowHashes, type SlowAlgorithm } from './imported/slow-hashes.js';

/** A secret as it is stored: its hash and the id of the pepper. An imported secret has its slow hash and algorithm until its first use. */
export interface HashedSecret {
  secretHash: string;
  pepperId: string;
}

/**
 * Hashes secrets with HMAC-SHA-256 under peppers that the database never sees. A fast hash suits secrets with at least 112 random bits
 * (OWASP ASVS 5.0, 6.5.2). Several peppers can be in use; new hashes use the newest.
 */
@Injectable()
export class SecretHasher {
  readonly slowHashes = new SlowHashes();
  private readonly peppers: ReadonlyMap<string, string>;
  private readonly newest: string;

  constructor(config: Config) {
    this.peppers = new Map(config.KEY_PEPPERS.map((pepper) => [computePepperId(pepper), pepper]));
    this.newest = computePepperId(config.KEY_PEPPERS[0] ?? '');
  }

  hash(secret: string): HashedSecret {
    return { secretHash: this.hmac(secret, this.newest) ?? '', pepperId: this.newest };
  }

  /**
   * Whether the hash is that of the secret, compared in constant time.
   *
   * @throws {DomainError} `unavailable` if the hash is slow and too many comparisons are waiting
   */
  matches(
    secret: string,
    { secretHash, pepperId, merchantId }: HashedSecret & { merchantId: string },
  ): MaybePromise<boolean> {
    if (isSlow(pepperId)) return this.slowHashes.matches(secret, secretHash, pepperId, merchantId);
    const actual = this.hmac(secret, pepperId);
    return (
      actual !== null &&
      actual.length === secretHash.length &&
      timingSafeEqual(Buffer.from(actual), Buffer.from(secretHash))
    );
  }

  /** Whether the hash is slow to compare with. */
  isSlow({ pepperId }: Pick<HashedSecret, 'pepperId'>): boolean {
    return isSlow(pepperId);
  }

  /** Whether the secret should be hashed again, under the newest pepper. */
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

/** Derives the id by which the database refers to a pepper, so that peppers need no numbering. */
export const computePepperId = (pepper: string): string =>
  createHash('sha256').update(`pepper:${pepper}`).digest('hex').slice(0, 8);
