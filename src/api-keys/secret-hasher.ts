import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';

/** A secret as it is stored: its keyed hash, and which pepper made it. */
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
  private readonly peppers: ReadonlyMap<string, string>;
  private readonly newest: string;

  constructor(config: Config) {
    this.peppers = new Map(config.KEY_PEPPERS.map((pepper) => [pepperIdOf(pepper), pepper]));
    this.newest = pepperIdOf(config.KEY_PEPPERS[0] ?? '');
  }

  hash(secret: string): HashedSecret {
    return { secretHash: this.hmac(secret, this.newest) ?? '', pepperId: this.newest };
  }

  /** Whether the secret is the hashed one; the comparison takes the same time wherever they differ. */
  matches(secret: string, { secretHash, pepperId }: HashedSecret): boolean {
    const actual = this.hmac(secret, pepperId);
    return (
      actual !== null &&
      actual.length === secretHash.length &&
      timingSafeEqual(Buffer.from(actual), Buffer.from(secretHash))
    );
  }

  /** Whether it was hashed under a pepper that isn't the newest any more. */
  isOutdated({ pepperId }: Pick<HashedSecret, 'pepperId'>): boolean {
    return pepperId !== this.newest;
  }

  private hmac(secret: string, pepperId: string): string | null {
    const pepper = this.peppers.get(pepperId);
    return pepper === undefined ? null : createHmac('sha256', pepper).update(secret).digest('hex');
  }
}

/** A pepper's name in the database: it follows from the pepper, so that nobody has to number them. */
const pepperIdOf = (pepper: string): string =>
  createHash('sha256').update(`pepper:${pepper}`).digest('hex').slice(0, 8);
