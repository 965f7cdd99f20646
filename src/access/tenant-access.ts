import type { FastifyRequest } from 'fastify';
import { DomainError } from '../platform/events/domain-error.js';
import type { Caller } from './caller.js';
import { LEVELS } from './levels.js';

// Who may do what with the things of a merchant. Its own callers may by the level of the route; other merchants' callers only by these rules.

/** What a caller wants with a merchant's applications, keys or webhooks. */
export type Action = 'read' | 'write';

/** What a request wants with the thing in its path, by its method. */
export const actionForRequest = ({ method }: Pick<FastifyRequest, 'method'>): Action =>
  method === 'GET' || method === 'HEAD' ? 'read' : 'write';

/** Applications, keys and webhooks of other merchants are read from level 5 on, and changed at level 8. */
export const canAccessOtherTenants = ({ level }: Pick<Caller, 'level'>, action: Action): boolean =>
  level >= (action === 'read' ? LEVELS.readOthersKeys : LEVELS.everything);

/** @throws {DomainError} `access.other_owner` for another merchant's, unless the caller {@link canAccessOtherTenants} */
export const assertTenantAccess = (caller: Caller, merchantId: string, action: Action): void =>
  assertOwnTenant(caller, merchantId, canAccessOtherTenants(caller, action));

/**
 * Members of other merchants are read and changed from level 7 on.
 *
 * @throws {DomainError} `access.other_owner`
 */
export const assertMembersAccess = (caller: Caller, merchantId: string): void =>
  assertOwnTenant(caller, merchantId, caller.level >= LEVELS.writeOthers);

/** Audit trails of other merchants are read at level 8. */
export const canReadAllTrails = ({ level }: Pick<Caller, 'level'>): boolean => level >= LEVELS.everything;

/** @throws {DomainError} `access.other_owner` for another merchant's, unless the caller {@link canReadAllTrails} */
export const assertTrailAccess = (caller: Caller, merchantId: string): void =>
  assertOwnTenant(caller, merchantId, canReadAllTrails(caller));

/**
 * Some things are for their merchant's own callers alone, whatever the level.
 *
 * @param isExcepted for the rules that let others in
 * @throws {DomainError} `access.other_owner`
 */
export function assertOwnTenant(
  { merchantId: own }: Pick<Caller, 'merchantId'>,
  merchantId: string,
  isExcepted = false,
): void {
  if (merchantId !== own && !isExcepted) throw new DomainError('access.other_owner');
}
