import type { FastifyRequest } from 'fastify';
import { DomainError } from '../platform/events/domain-error.js';
import type { Caller } from './caller.js';
import { LEVELS } from './levels.js';

/** What somebody wants with a merchant's applications, keys or webhooks. */
export type Purpose = 'read' | 'write';

/** What a request wants with the thing in its path, by its method. */
export const purposeOf = ({ method }: Pick<FastifyRequest, 'method'>): Purpose =>
  method === 'GET' || method === 'HEAD' ? 'read' : 'write';

/** Whether a caller may do that with what belongs to any merchant: reading needs level 5, changing level 8. */
export const reachesOthers = ({ level }: Pick<Caller, 'level'>, purpose: Purpose): boolean =>
  level >= (purpose === 'read' ? LEVELS.readOthersKeys : LEVELS.everything);

/** @throws {DomainError} `access.other_owner` for another merchant's, unless the caller {@link reachesOthers} */
export function requireReach(caller: Caller, merchantId: string, purpose: Purpose): void {
  if (merchantId !== caller.merchantId && !reachesOthers(caller, purpose)) throw new DomainError('access.other_owner');
}
