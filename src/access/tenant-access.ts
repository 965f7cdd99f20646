import type { FastifyRequest } from 'fastify';
import { DomainError } from '../platform/events/domain-error.js';
import type { Caller } from './caller.js';
import { LEVELS } from './levels.js';

/** An action on a merchant's applications, keys or webhooks. */
export type Action = 'read' | 'write';

/** Returns the action that a request takes on the resource in its path, by its method. */
export const actionForRequest = ({ method }: Pick<FastifyRequest, 'method'>): Action =>
  method === 'GET' || method === 'HEAD' ? 'read' : 'write';

/** Returns whether a caller may access the resources of every merchant: reading takes level 5, writing level 8. */
export const canAccessOtherTenants = ({ level }: Pick<Caller, 'level'>, action: Action): boolean =>
  level >= (action === 'read' ? LEVELS.readOthersKeys : LEVELS.everything);

/** @throws {DomainError} `access.other_owner` for another merchant's resource, unless the caller {@link canAccessOtherTenants} */
export const assertTenantAccess = (caller: Caller, merchantId: string, action: Action): void =>
  assertOwnTenant(caller, merchantId, canAccessOtherTenants(caller, action));

/** Returns whether a caller may access the members of every merchant. */
export const canAccessOtherMembers = ({ level }: Pick<Caller, 'level'>): boolean => level >= LEVELS.writeOthers;

/** @throws {DomainError} `access.other_owner` for another merchant's members, unless the caller {@link canAccessOtherMembers} */
export const assertMembersAccess = (caller: Caller, merchantId: string): void =>
  assertOwnTenant(caller, merchantId, canAccessOtherMembers(caller));

/** Returns whether a caller may read the audit trail of every merchant. */
export const canReadAllTrails = ({ level }: Pick<Caller, 'level'>): boolean => level >= LEVELS.everything;

/** @throws {DomainError} `access.other_owner` for another merchant's resource, unless the caller {@link canReadAllTrails} */
export const assertTrailAccess = (caller: Caller, merchantId: string): void =>
  assertOwnTenant(caller, merchantId, canReadAllTrails(caller));

/**
 * Checks that a resource belongs to the caller's merchant.
 *
 * @param isExcepted whether a rule gives the caller access to other merchants
 * @throws {DomainError} `access.other_owner`
 */
export function assertOwnTenant(
  { merchantId: own }: Pick<Caller, 'merchantId'>,
  merchantId: string,
  isExcepted = false,
): void {
  if (merchantId !== own && !isExcepted) throw new DomainError('access.other_owner');
}
