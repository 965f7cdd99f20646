import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Account } from '../account.entity.js';
import { FactorChallenge } from './factor-challenge.entity.js';
import { Passkey } from './passkey.entity.js';
import { RecoveryCode } from './recovery-code.entity.js';
import { TotpFactor } from './totp-factor.entity.js';

/** Removes the second factors of accounts. */
@Injectable()
export class SecondFactors {
  /** Deletes all second factors of an account, with the recovery codes and what has yet to be answered. */
  async deleteAll({ manager }: Transaction, accountId: number): Promise<void> {
    for (const table of [TotpFactor, Passkey, RecoveryCode, FactorChallenge])
      await manager.delete(table, { accountId });
  }

  /** Does the same, so that the account logs in without. */
  async removeAll(tx: Transaction, accountId: number): Promise<void> {
    await this.deleteAll(tx, accountId);
    await tx.manager.update(Account, { id: accountId }, { secondFactorAt: null });
  }

  /** Voids logins that wait for a second factor. */
  async voidChallenges({ manager }: Transaction, accountId: number): Promise<void> {
    await manager.delete(FactorChallenge, { accountId });
  }
}
