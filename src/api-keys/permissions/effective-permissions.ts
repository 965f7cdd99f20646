import { LEVELS, MAX_LEVEL } from '../../access/levels.js';
import { grantsAll, intersectScopes } from '../../access/scopes.js';
import type { EntityManager } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { holdRow } from '../../platform/database/row-locks.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError, type ErrorCode } from '../../platform/events/domain-error.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { ApiKey } from '../api-key.entity.js';

/** What an actor may do, which is also the most that it can grant to a key. */
export interface EffectivePermissions {
  level: number;
  scopes: readonly string[] | null;
}

/** What is granted to a key. A missing property is not granted. */
type Grant = Partial<EffectivePermissions>;

const NONE: EffectivePermissions = { level: -1, scopes: [] };

/** The server itself applies rules, such as the retention of keys, to keys of every level. */
const UNLIMITED: EffectivePermissions = { level: MAX_LEVEL, scopes: null };

/**
 * Returns what an account, or a key that acts for one, may do now, and keeps it from changing until the transaction ends. If a grant and a
 * loss of permissions coincide, the second one sees the effect of the first. An end user may do what a merchant may do with its own keys, within
 * the scopes of the portal session.
 */
export async function holdEffectivePermissions(tx: Transaction, actor: Actor): Promise<EffectivePermissions> {
  const permissions = await holdOwnPermissions(tx, actor);
  if (!actor.portal) return permissions;
  const { level, scopes } = permissions;
  return { level: Math.min(level, LEVELS.writeOwn), scopes: intersectScopes(scopes, actor.portal.scopes) };
}

async function holdOwnPermissions(
  { manager }: Transaction,
  { kind, accountId, keyId, isMerchantKey }: Actor,
): Promise<EffectivePermissions> {
  if (kind === 'system') return UNLIMITED;
  if (keyId !== null && isMerchantKey) return holdPermissionsOfKey(manager, keyId);
  const account = accountId === null ? null : await holdRow(manager, Account, accountId);
  if (!account) return NONE;
  const level = account.maxKeyLevel ?? NONE.level;
  if (keyId === null) return { level, scopes: null };
  const key = await holdPermissionsOfKey(manager, keyId);
  return { level: Math.min(level, key.level), scopes: key.scopes };
}

async function holdPermissionsOfKey(manager: EntityManager, id: string): Promise<EffectivePermissions> {
  const key = await holdRow(manager, ApiKey, id);
  return key?.isActive && key.deletedAt === null ? { level: key.level, scopes: key.scopes } : NONE;
}

/**
 * Ensures that the actor itself has what it grants.
 *
 * @throws {DomainError} `api_key.level_too_high`, `api_key.scopes_not_held`
 */
export function assertCanGrant(permissions: EffectivePermissions, { level, scopes }: Grant): void {
  if (level !== undefined && level > permissions.level) throw levelTooHigh();
  if (scopes !== undefined && !grantsAll(permissions.scopes, scopes)) throw scopesNotHeld();
}

/**
 * Whether the actor has everything that a key has. Only such an actor may end, narrow or change the key, which would take something from what is
 * stronger than the actor, or restore it, which would grant the key's level and scopes once more.
 */
export const covers = (permissions: EffectivePermissions, { level, scopes }: EffectivePermissions): boolean =>
  level <= permissions.level && grantsAll(permissions.scopes, scopes);

/**
 * Ensures that the actor {@link covers} a key.
 *
 * @throws {DomainError} `access.level_lacking`
 */
export function assertCovers(permissions: EffectivePermissions, key: EffectivePermissions): void {
  if (!covers(permissions, key)) throw new DomainError('access.level_lacking');
}

export const levelTooHigh = (): DomainError => refusal('api_key.level_too_high', 'level', 'must not be above your own');

export const scopesNotHeld = (): DomainError =>
  refusal('api_key.scopes_not_held', 'scopes', 'must all be held by the key that gives them');

const refusal = (code: ErrorCode, field: string, message: string): DomainError =>
  new DomainError(code, { fields: [{ field, message: `${field} ${message}` }] });
