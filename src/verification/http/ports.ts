import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Requirements, Verdict } from '../outcome.js';

/** Verifies the access tokens of sessions that keys open. Implemented by the module of the sessions, which builds on verification. */
export abstract class SessionVerifier {
  /** @returns `null` if the text isn't an access token of this server; no promise if the token was checked before and its key is cached */
  abstract verify(token: string, requirements: Requirements): Verdict | null | Promise<Verdict | null>;
}

/**
 * Inspects every request for keys in places where others can read them. Implemented by the module of the exposures, which builds on
 * verification.
 */
export abstract class RequestInspector {
  abstract inspect(request: FastifyRequest): void;
  /** Whether a request may have something to find, as far as its head says. */
  abstract isSuspect(request: Pick<IncomingMessage, 'headers' | 'url'>): boolean;
}
