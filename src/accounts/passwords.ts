import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id as OWASP recommends it: 19 MiB, two passes, one lane. (`Algorithm.Argon2id` is 2; the enum is no value at run time.) */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes and verifies passwords. */
@Injectable()
export class Passwords {
  /** A hash to compare with for unknown names, so that refusing them takes as long as refusing a wrong password. */
  private readonly nobodys = this.hash(this.generate());

  hash(password: string): Promise<string> {
    return hash(password, PARAMETERS);
  }

  /** Whether the password is correct; takes the same time when there is no hash to compare with. */
  async matches(password: string, passwordHash: string | null): Promise<boolean> {
    const isRight = await verify(passwordHash ?? (await this.nobodys), password);
    return isRight && passwordHash !== null;
  }

  /** Generates a random password. */
  generate(): string {
    return randomBytes(18).toString('base64url');
  }
}
