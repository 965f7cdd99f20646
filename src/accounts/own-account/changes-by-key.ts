import type { Caller } from '../../access/caller.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { Account } from '../account.entity.js';
import type { UpdateAccountBody } from './own-account.dto.js';

/** What no key changes, whatever its level: the person logs in with it, and recovers the account by it. */
const NEVER_BY_KEY: readonly (keyof UpdateAccountBody)[] = ['password', 'email'];

/** What a key below its owner's level may change as well: it takes nothing from the owner. */
const HARMLESS: readonly (keyof UpdateAccountBody)[] = ['language'];

/**
 * Ensures that the caller may make these changes to its own account. An account is stronger than each of its keys of a lower level.
 *
 * @throws {DomainError} `access.level_lacking`
 */
export function assertMayChangeAccount({ kind, level }: Caller, account: Account, changes: UpdateAccountBody): void {
  if (kind !== 'key') return;
  const fields = (Object.keys(changes) as (keyof UpdateAccountBody)[]).filter((field) => changes[field] !== undefined);
  const isRefused = (field: keyof UpdateAccountBody): boolean =>
    NEVER_BY_KEY.includes(field) || (level < account.level && !HARMLESS.includes(field));
  if (fields.some(isRefused)) throw new DomainError('access.level_lacking');
}
