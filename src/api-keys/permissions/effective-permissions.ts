import { Account } from '../../accounts/account.entity.js';
import type { EntityTarget } from 'typeorm';
import { holdRow, holdRows } from '../../platform/database/row-locks.js';
import { type Identified } from '../../platform/database/rows.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError, type ErrorCode } from '../../platform/events/domain-error.js';
import type { Transaction } from '../../platform/database/transactions/transactions.js';
import { ApiKey } from '../api-key.entity.js';
import { grantsAll } from './scopes.js';

/** What somebody can do, and therefore give to a key at the most. */
export interface EffectivePermissions {
  level: number;
  scopes: readonly string[] | null;
}

/** What is given to a key; of each what isn't said isn't given. */
type Grant = Partial<EffectivePermissions>;

const NONE: EffectivePermissions = { level: -1, scopes: [] };

/**
 * What an account, or a key that acts for one, can do now. It can't lose it before the transaction ends: whichever of a gift and a loss is
 * second sees what the first one did.
 */
export async function holdEffectivePermissions(
  tx: Transaction,
  { accountId, keyId }: Actor,
): Promise<EffectivePermissions> {
  const account = accountId === null ? null : await holdRow(tx.manager, Account, accountId);
  return combinePermissions(tx, account, keyId);
}

/** As {@link holdEffectivePermissions}; another row is read with the account, and can't be changed either before the transaction ends. */
export async function holdEffectivePermissionsAnd<T extends Identified>(
  tx: Transaction,
  { accountId, keyId }: Actor,
  row: [EntityTarget<T>, T['id']],
): Promise<[EffectivePermissions, T | null]> {
  // No account has this number.
  const [other, account] = await holdRows(tx.manager, row, [Account, accountId ?? 0]);
  return [await combinePermissions(tx, account, keyId), other];
}

async function combinePermissions(
  { manager }: Transaction,
  account: Account | null,
  keyId: string | null,
): Promise<EffectivePermissions> {
  if (!account) return NONE;
  const level = account.maxKeyLevel ?? NONE.level;
  if (keyId === null) return { level, scopes: null };
  const key = await holdRow(manager, ApiKey, keyId);
  if (!key?.isActive || key.deletedAt !== null) return NONE;
  return { level: Math.min(level, key.level), scopes: key.scopes };
}

/**
 * Nobody gives what they haven't got.
 *
 * @throws {DomainError} `api_key.level_too_high`, `api_key.scopes_not_held`
 */
export function assertCanGrant(permissions: EffectivePermissions, { level, scopes }: Grant): void {
  if (level !== undefined && level > permissions.level)
    throw refusal('api_key.level_too_high', 'level', 'must not be above your own');
  if (scopes !== undefined && !grantsAll(permissions.scopes, scopes))
    throw refusal('api_key.scopes_not_held', 'scopes', 'must all be held by the key that gives them');
}

/** Whether somebody may give a key the power back that it has. */
export const canRestore = (permissions: EffectivePermissions, { level, scopes }: EffectivePermissions): boolean =>
  level <= permissions.level && grantsAll(permissions.scopes, scopes);

/**
 * To enable a key, to put off its end or to loosen its limits is to give it what it has.
 *
 * @throws {DomainError} `access.level_lacking`
 */
export function assertCanRestore(permissions: EffectivePermissions, key: EffectivePermissions): void {
  if (!canRestore(permissions, key)) throw new DomainError('access.level_lacking');
}

const refusal = (code: ErrorCode, field: string, message: string): DomainError =>
  new DomainError(code, { fields: [{ field, message: `${field} ${message}` }] });
