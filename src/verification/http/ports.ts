import type { FastifyRequest } from 'fastify';
import type { Requirements, Verdict } from '../outcome.js';

/** Verifies the access tokens of sessions that keys open. The module of the sessions builds on verification and implements this. */
export abstract class SessionVerifier {
  /** @returns `null` for a text that is no access token of this server; no promise when the token was seen before and its key is cached */
  abstract verify(token: string, requirements: Requirements): Verdict | null | Promise<Verdict | null>;
}

/** Inspects every request for keys in places where others can read them. The module of the exposures builds on verification and implements this. */
export abstract class RequestInspector {
  abstract inspect(request: FastifyRequest): void;
}
