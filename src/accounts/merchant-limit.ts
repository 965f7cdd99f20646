import { lockRow } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { DomainError, type ErrorCode } from '../platform/events/domain-error.js';
import { Merchant } from './merchant.entity.js';

/** How many of something a merchant may have. */
interface MerchantLimit {
  merchantId: string;
  /** 0 is no limit. */
  max: number;
  /** The number that is to be added. */
  adding: number;
  /** Returns the number that the merchant has. */
  count: () => Promise<number>;
  /** The error beyond the limit. */
  code: ErrorCode;
}

/**
 * Checks that a merchant may have more of something. No other transaction can use up what is left before this one ends.
 *
 * @throws {DomainError} with the code of the limit
 */
export async function assertWithinLimit(
  { manager }: Transaction,
  { merchantId, max, adding, count, code }: MerchantLimit,
): Promise<void> {
  if (max === 0) return;
  await lockRow(manager, Merchant, merchantId);
  if ((await count()) + adding > max) throw new DomainError(code);
}
