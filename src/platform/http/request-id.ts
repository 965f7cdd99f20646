import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const REQUEST_ID = 'X-Request-Id';

/** At most as long as the column of an audit record. */
const WELL_FORMED = /^[\w.:=+/-]{1,36}$/;

/** Hook: adopts the request id of a trusted proxy, so that all systems log the same id, and sends the id in the response. */
export function nameRequest(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const given = request.headers['x-request-id'];
  // There is more than one address only if a trusted proxy has forwarded the request.
  const isByProxy = given !== undefined && (request.ips?.length ?? 0) > 1;
  if (isByProxy && typeof given === 'string' && WELL_FORMED.test(given)) request.id = given;
  void reply.header(REQUEST_ID, request.id);
  done();
}

/** Generates request ids that are unique to this process; a counter is cheaper than a random id for each request. */
export function requestIds(): () => string {
  const prefix = randomUUID().slice(0, 18);
  let count = 0;
  return () => `${prefix}-${(count += 1).toString(36)}`;
}
