import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { decide, requirementsOf, type RequirementsFor, type Verify } from './middleware/guard.js';
import { readNodeRequest } from './middleware/incoming.js';
import type { Verification } from './verification.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key of the request, on routes behind `requireKey`. */
    key: Verification;
  }
}

/**
 * Returns a hook that lets requests pass that present a valid key, which is then `request.key`, and answers all others. The client's address is
 * `request.ip`: behind a proxy, set `trustProxy`.
 *
 *     app.get('/orders', { onRequest: requireKey(verify, { scopes: ['orders:read'] }) }, (request) => request.key.keyId);
 */
export function requireKey(
  verify: Verify,
  requirements: RequirementsFor<FastifyRequest> = {},
): onRequestAsyncHookHandler {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const required = requirementsOf(requirements, request);
    const decision = await decide(verify, required, readNodeRequest(request.raw, request.ip));
    if (decision.refusal) {
      const { status, headers, body } = decision.refusal;
      return reply.code(status).headers(headers).send(body);
    }
    request.key = decision.key;
    void reply.headers(decision.headers);
    return undefined;
  };
}
