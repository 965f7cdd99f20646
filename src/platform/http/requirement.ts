import type { FastifyRequest } from 'fastify';
import { RouteConfig } from './route-config.js';

/**
 * How a caller authenticates: by a login token as Bearer, by a key and its secret as HTTP Basic (RFC 7617), by a key in any form that the
 * verification routes take, or by the token of a portal session as Bearer.
 */
export type AuthScheme = 'loginToken' | 'keyPair' | 'key' | 'portalToken';

/**
 * What limits a route without a login, for each address. `requests` and `reports` count every request; `failures` counts what the route's
 * service refuses, such as logins; `none` is for routes that cost next to nothing.
 */
export type PublicLimit = 'requests' | 'reports' | 'failures' | 'none';

/** What a route requires of its caller. */
export interface Requirement {
  /** The lowest level that may call the route; `null` requires no login. */
  level: number | null;
  /**
   * The scheme by which the caller authenticates; `null` is none. `lastSegment` is for a handler with two paths: the one in `/jwt` takes a
   * login token, the one in `/key` a key and its secret. `tokenOrKey` is for people and services alike: a login token, or a key.
   */
  by: AuthScheme | 'lastSegment' | 'tokenOrKey' | null;
  /** Whether an account that has withdrawn its consent may call the route, so that it can give it again. */
  withoutConsent: boolean;
  /** Whether an account may call the route that must have a second factor and has none, so that it can set one up. */
  withoutSecondFactor: boolean;
  /** Whether a key that belongs to a merchant, and not to a person, may call the route. */
  merchantKeys: boolean;
  /** What limits a route that requires no login; `null` on all others. */
  limit: PublicLimit | null;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    requirement?: Requirement;
  }
}

interface PublicOptions {
  /** The scheme by which the handler authenticates its caller itself. */
  by?: AuthScheme;
  limit?: PublicLimit;
}

/** Opens a route to everyone. Every request counts against the limit of its address unless `limit` says otherwise. */
export const Public = ({ by, limit = 'requests' }: PublicOptions = {}): MethodDecorator =>
  RouteConfig({
    requirement: {
      level: null,
      by: by ?? null,
      withoutConsent: true,
      withoutSecondFactor: true,
      merchantKeys: true,
      limit,
    },
  });

const BY_LAST_SEGMENT: Record<string, AuthScheme> = { jwt: 'loginToken', key: 'keyPair' };

/** Returns the scheme that a route requires at one of its paths; of `tokenOrKey`, that of people. */
export function readScheme({ by }: Requirement, path: string): AuthScheme | null {
  if (by === 'tokenOrKey') return 'loginToken';
  if (by !== 'lastSegment') return by;
  const scheme = BY_LAST_SEGMENT[path.slice(path.lastIndexOf('/') + 1)];
  if (!scheme) throw new Error(`${path} must end in /jwt or /key.`);
  return scheme;
}

/** Returns the scheme by which a request must authenticate, by default a login token. */
export function requiredScheme({ headers, routeOptions: { config, url = '' } }: FastifyRequest): AuthScheme {
  if (config.requirement?.by === 'tokenOrKey') return carriesKey(headers) ? 'key' : 'loginToken';
  return (config.requirement && readScheme(config.requirement, url)) ?? 'loginToken';
}

/** A Bearer token in the form of a JWT (RFC 7519), which no key has that this server issues. */
const BEARER_JWT = /^Bearer +eyJ[\w-]*\.[\w-]+\.[\w-]+$/i;

/** Whether what a request authenticates by is a key, and not a login token or the cookie that holds one. */
const carriesKey = ({ authorization, ...headers }: FastifyRequest['headers']): boolean =>
  headers['x-api-key'] !== undefined || (authorization !== undefined && !BEARER_JWT.test(authorization));
