import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id as OWASP recommends it: 19 MiB, two passes, one lane. (`Algorithm.Argon2id` is 2; the enum is no value at run time.) */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Passwords of people. */
@Injectable()
export class Passwords {
  /** Somebody's hash, for names that nobody has: to refuse them takes as long as to refuse a wrong password. */
  private readonly nobodys = this.hash(this.generate());

  hash(password: string): Promise<string> {
    return hash(password, PARAMETERS);
  }

  /** Whether the password is right; takes the same time when there is none to compare with. */
  async matches(password: string, passwordHash: string | null): Promise<boolean> {
    const isRight = await verify(passwordHash ?? (await this.nobodys), password);
    return isRight && passwordHash !== null;
  }

  /** A password that nobody could guess. */
  generate(): string {
    return randomBytes(18).toString('base64url');
  }
}
