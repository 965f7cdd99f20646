import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The paths of the routes for end users. */
const PREFIX = '/api/v1/portal/';

/** What pages of every origin may read: a request needs the token of a session, which no browser sends by itself. */
export const ANY_ORIGIN = { 'Access-Control-Allow-Origin': '*' } as const;

/** The headers that pages of other origins may read. */
export const EXPOSED = 'Retry-After, X-Error-Code, X-Request-Id';

const ALLOWED = {
  ...ANY_ORIGIN,
  'Access-Control-Expose-Headers': EXPOSED,
} as const;

/** What a browser may send there from another origin. It remembers that for two hours. */
const PREFLIGHT = {
  ...ANY_ORIGIN,
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Allow-Methods': 'GET, POST, DELETE',
  'Access-Control-Max-Age': '7200',
} as const;

/** Lets the pages of merchants, which have other origins, call the routes for end users (CORS). */
export function allowOtherOrigins(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (request.url.startsWith(PREFIX)) void reply.headers(ALLOWED);
    done();
  });
  const answer = (_request: FastifyRequest, reply: FastifyReply) => reply.status(204).headers(PREFLIGHT).send();
  // Before any body is read, whatever it may be: a browser sends none.
  fastify.options(`${PREFIX}*`, { onRequest: (request, reply) => void answer(request, reply) }, answer);
}
