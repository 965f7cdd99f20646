import { createHash, randomInt, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import type { Account } from '../../accounts/account.entity.js';
import { accountTarget } from '../../accounts/accounts.service.js';
import { AccountMails } from '../../accounts/mails/account-mails.js';
import { RecoveryCode } from '../../accounts/second-factors/recovery-code.entity.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { Clock } from '../../platform/runtime/clock.js';
import { OwnerTransactions } from '../../accounts/passwords/owner-transactions.js';

/** The number of codes in a set. */
const CODES = 10;

/** Crockford's base 32, without letters that look like digits or each other. A code of 25 of them has 125 random bits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 5;
const GROUP_LENGTH = 5;

/** Codes for those who have lost their second factor. Each works once. */
@Injectable()
export class RecoveryCodes {
  constructor(
    private readonly clock: Clock,
    private readonly mails: AccountMails,
    private readonly owners: OwnerTransactions,
  ) {}

  /**
   * Replaces the codes of the own account.
   *
   * @throws {DomainError} `password.current_missing`, `password.current_wrong`, `login.throttled`, `second_factor.not_found` without a second factor
   */
  renew(caller: Caller, password: string | undefined): Promise<string[]> {
    return this.owners.runChecked(caller, password, async (tx, account) => {
      if (account.secondFactorAt === null) throw new DomainError('second_factor.not_found');
      return this.replace(tx, caller, account);
    });
  }

  /** Replaces all codes of an account. */
  async replace(tx: Transaction, actor: Actor, account: Account): Promise<string[]> {
    const codes = Array.from({ length: CODES }, newCode);
    await tx.manager.delete(RecoveryCode, { accountId: account.id });
    await tx.manager.insert(
      RecoveryCode,
      codes.map((code) => ({ id: randomUUID(), accountId: account.id, codeHash: hashOf(code), usedAt: null })),
    );
    await tx.publish({
      ...accountTarget(account),
      name: 'account.recovery_codes_created',
      actor,
      details: { count: CODES },
      invalidates: NOTHING,
    });
    return codes;
  }

  /** Uses a code, unless the transaction fails. Two callers cannot both use it. */
  async accept(tx: Transaction, visitor: Actor, account: Account, code: string): Promise<boolean> {
    const unused = { accountId: account.id, usedAt: IsNull() };
    const { affected } = await tx.manager.update(
      RecoveryCode,
      { ...unused, codeHash: hashOf(code) },
      { usedAt: this.clock.now() },
    );
    if (affected !== 1) return false;
    const left = await tx.manager.countBy(RecoveryCode, unused);
    await tx.publish({
      ...accountTarget(account),
      name: 'account.recovery_code_used',
      actor: { ...visitor, accountId: account.id },
      details: { left },
      invalidates: NOTHING,
    });
    tx.during('announce', () => this.mails.recoveryCodeUsed(visitor, account.email, left));
    return true;
  }
}

const newCode = (): string =>
  Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
  ).join('-');

/** Hashes a code as it may be typed: in any letter case, with or without separators, and with letters that look like digits. */
const hashOf = (code: string): string =>
  createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1'))
    .digest('hex');
