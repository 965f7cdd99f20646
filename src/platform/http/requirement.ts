import type { FastifyRequest } from 'fastify';
import { RouteConfig } from './route-config.js';

/** How a caller authenticates: by a login token as Bearer, or by a key and its secret as HTTP Basic (RFC 7617). */
export type AuthScheme = 'loginToken' | 'keyPair';

/** What a route requires of its caller. */
export interface Requirement {
  /** The lowest level that may call it; `null` is no login at all. */
  level: number | null;
  /**
   * The credential that it takes; `null` is none. A handler with two paths takes the one that their `lastSegment` names: a login token
   * on `/jwt`, a key and its secret on `/key`.
   */
  by: AuthScheme | 'lastSegment' | null;
  /** Also open to an account that has withdrawn its consent, so that it can give it again. */
  withoutConsent: boolean;
  /** Also open to a key that belongs to a merchant and not to a person. */
  merchantKeys: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    requirement?: Requirement;
  }
}

/**
 * The route needs no login.
 *
 * @param by the credential that its handler asks for itself
 */
export const Public = (by: AuthScheme | null = null): MethodDecorator =>
  RouteConfig({ requirement: { level: null, by, withoutConsent: true, merchantKeys: true } });

const BY_LAST_SEGMENT: Record<string, AuthScheme> = { jwt: 'loginToken', key: 'keyPair' };

/** The credential that a route takes at one of its paths. */
export function readScheme({ by }: Requirement, path: string): AuthScheme | null {
  if (by !== 'lastSegment') return by;
  const credential = BY_LAST_SEGMENT[path.slice(path.lastIndexOf('/') + 1)];
  if (!credential) throw new Error(`${path} must end in /jwt or /key.`);
  return credential;
}

/** The credential that a request has to show; a login token where its route names none. */
export function requiredScheme({ routeOptions: { config, url = '' } }: FastifyRequest): AuthScheme {
  return (config.requirement && readScheme(config.requirement, url)) ?? 'loginToken';
}
