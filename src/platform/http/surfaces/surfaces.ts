import type { FastifyRequest } from 'fastify';
import { accounts } from './accounts-surface.js';
import { clients } from './clients-surface.js';
import { merchants } from './merchants-surface.js';
import { oauth } from './oauth-surface.js';
import type { Surface } from './surface.js';

const ACCOUNTS_PATHS = /^\/(signup|confirm|recover|login|logout|signin|account|whoami|apikeys|available)(\/|$)/;

/** The surface of a request: that of its route's pattern or, where it has no route, that of its path. */
export const surfaceOf = ({ routeOptions, url }: Pick<FastifyRequest, 'routeOptions' | 'url'>): Surface =>
  surfaceAt(routeOptions.url ?? url);

/** The surface that a path belongs to; what belongs to none is answered as the merchants surface would. */
export function surfaceAt(url: string): Surface {
  const path = url.split('?', 1)[0] ?? '/';
  if (/^\/api\/(auth|clients)(\/|$)/.test(path)) return clients;
  if (/^\/(oauth|\.well-known)(\/|$)/.test(path)) return oauth;
  if (ACCOUNTS_PATHS.test(path)) return accounts;
  return merchants;
}
