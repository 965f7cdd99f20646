import type { FastifyReply, FastifyRequest } from 'fastify';

export const REQUEST_ID = 'X-Request-Id';

/** As long as an audit record has room for. */
const WELL_FORMED = /^[\w.:=+/-]{1,36}$/;

/** Hook: takes the id that a trusted proxy has given the request, so that it is the same everywhere, and says in the answer which it is. */
export function nameRequest(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const given = request.headers['x-request-id'];
  // There is more than one address only if a trusted proxy has forwarded the request: nobody else's `X-Forwarded-For` is believed.
  const isByProxy = given !== undefined && (request.ips?.length ?? 0) > 1;
  if (isByProxy && typeof given === 'string' && WELL_FORMED.test(given)) request.id = given;
  void reply.header(REQUEST_ID, request.id);
  done();
}
