import { readPresented, type CredentialHeaders } from '../credentials/presented.js';
import { UNAVAILABLE_CODE, type VerifierError } from '../errors.js';
import type { Requirements, Verification } from '../verification.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { refuseKey, refuseMistake, refuseUnauthenticated, refuseUnavailable, type Refusal } from './refusal.js';

/** Verifies keys: a verifier, or its fake in tests. */
export type Verify = (presented: string, requirements?: Requirements) => Promise<Verification>;

/** What is required of the keys of a route. Where a key is used from, the middleware says. */
export type RouteRequirements = Omit<Requirements, 'ip' | 'userAgent'>;

/** Requirements that are the same for every request, or depend on it. */
export type RequirementsFor<R> = RouteRequirements | ((request: R) => RouteRequirements);

/** What decides about a request, whatever the framework. */
export interface Incoming {
  headers: CredentialHeaders;
  /** The names of the query's parameters. */
  parameters: Iterable<string>;
  /** The client's address as the framework knows it. */
  ip: string | undefined;
  userAgent: string | undefined;
}

/** A request is let in with its key and headers for the answer, or refused. */
export type Decision =
  { key: Verification; headers: Record<string, string>; refusal?: undefined } | { refusal: Refusal };

/** Decides about a request. */
export async function decide(verify: Verify, required: RouteRequirements, incoming: Incoming): Promise<Decision> {
  const presented = readPresented(incoming.headers, incoming.parameters);
  if (presented.mistake !== undefined) return { refusal: refuseMistake(presented.mistake) };
  if (presented.text === null) return { refusal: refuseUnauthenticated() };
  const { ip, userAgent } = incoming;
  const requirements = { ...required, ip, userAgent };
  try {
    const key = await verify(presented.text, requirements);
    return key.valid ? { key, headers: rateLimitHeaders(key) } : { refusal: refuseKey(key, requirements) };
  } catch (error) {
    // Not by its class, of which there are several where a bundler or both kinds of modules have loaded the package.
    const { code, retryAfterSeconds = 1 } = error as VerifierError;
    if (code !== UNAVAILABLE_CODE) throw error;
    return { refusal: refuseUnavailable(retryAfterSeconds) };
  }
}

/** Returns the requirements of a request. */
export const requirementsOf = <R>(requirements: RequirementsFor<R>, request: R): RouteRequirements =>
  typeof requirements === 'function' ? requirements(request) : requirements;
