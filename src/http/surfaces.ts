import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import type { DomainError } from '../domain/domain-error.js';
import { accounts } from './accounts-surface.js';
import { clients } from './clients-surface.js';
import { merchants } from './merchants-surface.js';
import { oauth } from './oauth-surface.js';

/** What an answer looks like before it has its envelope. */
export interface Success {
  status: number;
  data: unknown;
  /** The route's sentence, where the surface shows one. */
  message: string;
}

/** What a refusal looks like before it has its envelope. */
export interface Failure {
  status: number;
  error: DomainError;
  /** The route's own words for this error, where it has some. */
  message?: string;
}

/** A set of paths with its own envelope. Nothing else knows what an envelope looks like. */
export interface Surface {
  name: 'clients' | 'merchants' | 'accounts' | 'oauth';
  success(success: Success, config: Config): unknown;
  failure(failure: Failure): unknown;
}

const ACCOUNTS_PATHS = /^\/(signup|confirm|login|signin|account|whoami|apikeys|available)(\/|$)/;

/** The surface that a path belongs to; what belongs to none is answered as the merchants surface would. */
export function surfaceOf(request: Pick<FastifyRequest, 'url'>): Surface {
  const path = request.url.split('?', 1)[0] ?? '/';
  if (/^\/api\/(auth|clients)(\/|$)/.test(path)) return clients;
  if (/^\/oauth(\/|$)/.test(path)) return oauth;
  if (ACCOUNTS_PATHS.test(path)) return accounts;
  return merchants;
}
