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
export function assertTenantAccess(caller: Caller, merchantId: string, action: Action): void {
  if (merchantId !== caller.merchantId && !canAccessOtherTenants(caller, action))
    throw new DomainError('access.other_owner');
}
