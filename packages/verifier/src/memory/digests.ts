import { hash, randomBytes } from 'node:crypto';

/**
 * Digests of presented keys: SHA-256 under a salt that each process draws at random. From a digest nobody gets back to the key, and
 * what comparing digests takes of time reveals nothing about it.
 */
export class Digests {
  private readonly salt = randomBytes(32).toString('base64');

  /** Returns the digest of a presented key, one character for each byte. */
  of(presented: string): string {
    return hash('sha256', this.salt + presented, 'binary');
  }
}
