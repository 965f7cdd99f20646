import type { FastifyRequest } from 'fastify';
import { DomainError } from '../platform/events/domain-error.js';

/** The header that only a page of this server can send: any other needs a preflight for it, which the server does not answer. */
const CONSOLE_HEADER = 'x-keywright-console';

/**
 * Checks that a request was sent by a page of this server, and not forged by another site.
 *
 * @throws {DomainError} `session.cross_origin`
 */
export function assertSameOrigin({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  if (headers[CONSOLE_HEADER] !== '1' || site !== 'same-origin') throw new DomainError('session.cross_origin');
}
