import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, MoreThan, Not } from 'typeorm';
import { Secret, TOTP } from 'otpauth';
import type { Caller } from '../../access/caller.js';
import type { Account } from '../../accounts/account.entity.js';
import { TotpFactor } from '../../accounts/second-factors/totp-factor.entity.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Clock } from '../../platform/runtime/clock.js';
import { SecretCipher } from '../../platform/secrets/secret-cipher.js';
import { FactorChanges } from './factor-changes.js';
import { OwnerTransactions } from '../../accounts/passwords/owner-transactions.js';

/** What every authenticator app supports (RFC 6238). */
const PARAMETERS = { issuer: 'Keywright', algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** The number of steps by which the clock of an app may be slow or fast. */
const WINDOW = 1;

/** The time in which a new app must show its first code. */
const PENDING_SECONDS = 3600;

/** What an authenticator app is set up with. */
export interface NewTotp {
  /** In base 32. */
  secret: string;
  /** An `otpauth:` URI, for a QR code. */
  uri: string;
}

/** Authenticator apps that show one-time passwords. */
@Injectable()
export class TotpService {
  constructor(
    private readonly changes: FactorChanges,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    private readonly owners: OwnerTransactions,
  ) {}

  /**
   * Generates a secret for an app. The former app stays valid until the new one is confirmed.
   *
   * @throws {DomainError} `password.current_missing`, `password.current_wrong`, `login.throttled`
   */
  begin(caller: Caller, password: string | undefined): Promise<NewTotp> {
    return this.owners.runChecked(caller, password, async (tx, account) => {
      const id = randomUUID();
      const secret = new Secret({ size: 20 });
      await tx.manager.delete(TotpFactor, { accountId: account.id, confirmedAt: IsNull() });
      await tx.manager.insert(TotpFactor, {
        id,
        accountId: account.id,
        encryptedSecret: this.cipher.encrypt(secret.base32, id),
        lastStep: 0,
        createdAt: this.clock.now(),
        confirmedAt: null,
      });
      const uri = new TOTP({ ...PARAMETERS, secret, label: account.username }).toString();
      return { secret: secret.base32, uri };
    });
  }

  /**
   * Puts the new app into force, by its first code.
   *
   * @returns recovery codes if it is the first second factor, else `null`
   * @throws {DomainError} `second_factor.not_found` without a new app, `second_factor.code_wrong`
   */
  confirm(caller: Caller, code: string): Promise<string[] | null> {
    return this.owners.run(caller, async (tx, account) => {
      const accountId = account.id;
      const createdAt = MoreThan(this.clock.in(-PENDING_SECONDS));
      const pending = await tx.manager.findOneBy(TotpFactor, { accountId, confirmedAt: IsNull(), createdAt });
      if (!pending) throw new DomainError('second_factor.not_found');
      const lastStep = this.findStep(pending, code);
      if (lastStep === null) throw new DomainError('second_factor.code_wrong');
      await tx.manager.delete(TotpFactor, { accountId, confirmedAt: Not(IsNull()) });
      await tx.manager.update(TotpFactor, { id: pending.id }, { confirmedAt: this.clock.now(), lastStep });
      return this.changes.added(tx, caller, account, 'totp');
    });
  }

  /**
   * Removes the app.
   *
   * @throws {DomainError} `password.current_missing`, `password.current_wrong`, `login.throttled`, `second_factor.not_found`, `second_factor.demanded`
   */
  remove(caller: Caller, password: string | undefined): Promise<void> {
    return this.owners.runChecked(caller, password, async (tx, account) => {
      const accountId = account.id;
      const { affected } = await tx.manager.delete(TotpFactor, { accountId, confirmedAt: Not(IsNull()) });
      if (affected !== 1) throw new DomainError('second_factor.not_found');
      await this.changes.removed(tx, caller, account, 'totp');
    });
  }

  /** Accepts a code, and none of its time step or before afterwards. Two callers cannot both use a code. */
  async accept({ manager }: Transaction, { id: accountId }: Account, code: string): Promise<boolean> {
    const factor = await manager.findOneBy(TotpFactor, { accountId, confirmedAt: Not(IsNull()) });
    const lastStep = factor && this.findStep(factor, code);
    if (lastStep === null) return false;
    const { affected } = await manager.update(
      TotpFactor,
      { id: factor?.id, lastStep: LessThan(lastStep) },
      { lastStep },
    );
    return affected === 1;
  }

  /** Finds the time step of a code, in constant time for all wrong ones; `null` if there is none. */
  private findStep({ id, encryptedSecret }: TotpFactor, code: string): number | null {
    const secret = Secret.fromBase32(this.cipher.decrypt(encryptedSecret, id));
    const timestamp = this.clock.nowMs();
    const { algorithm, digits, period } = PARAMETERS;
    const token = code.replaceAll(/\s/g, '');
    const delta = TOTP.validate({ token, secret, algorithm, digits, period, timestamp, window: WINDOW });
    return delta === null ? null : TOTP.counter({ period, timestamp }) + delta;
  }
}
