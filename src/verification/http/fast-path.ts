import { METHODS, type IncomingMessage, type ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault, RouteOptions } from 'fastify';
import { readBodies } from '../../platform/http/bodies.js';
import { CHECK_QUERY, NO_QUERY, VERIFY_BATCH_BODY, VERIFY_BODY } from './schemas.js';
import type { CheckRoute, VerificationRoutes, VerifyBody } from './verification.routes.js';

/** All methods but GET, which has no body to be read and needs no hook. */
const CHECKED_METHODS = METHODS.filter((method) => method !== 'GET' && method !== 'CONNECT');

/** Replaces the content type, because Fastify refuses an invalid one before any handler runs. */
function hideContentType({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  headers['content-type'] = 'application/octet-stream';
  done();
}

const CHECK = '/api/v1/keys/check';
const VERIFY = '/api/v1/keys/verify';
const VERIFY_BATCH = '/api/v1/keys/verify/batch';
const ASK = '/api/v1/verifiers/verifications';

/** Returns whether a request is for the fast path, by its method and its path. */
export function isFastPath({ method, url = '' }: IncomingMessage): boolean {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path === CHECK || (method === 'POST' && (path === VERIFY || path === VERIFY_BATCH || path === ASK));
}

/**
 * Registers the verification routes, which serve every request of the merchants' traffic, on a Fastify instance of their own beside Nest's.
 * Nest's hooks, guards, pipes and interceptors together cost more than a verification.
 *
 * @param find returns the handlers, which exist once the application has been created
 */
export async function registerFastPath(fastify: FastifyInstance, find: () => VerificationRoutes): Promise<void> {
  let cached: VerificationRoutes | undefined;
  const routes = (): VerificationRoutes => (cached ??= find());
  fastify.setErrorHandler((error, request, reply) => routes().refused(error, request, reply));
  readBodies(fastify);
  fastify.post<{ Body: VerifyBody }>(
    VERIFY,
    { schema: { querystring: NO_QUERY, body: VERIFY_BODY } },
    (request, reply) => routes().verifyOne(request, reply),
  );
  fastify.post<{ Body: { keys: VerifyBody[] } }>(
    VERIFY_BATCH,
    { schema: { querystring: NO_QUERY, body: VERIFY_BATCH_BODY } },
    (request, reply) => routes().verifyMany(request, reply),
  );
  fastify.post<{ Body: { keys: VerifyBody[] } }>(
    ASK,
    { schema: { querystring: NO_QUERY, body: VERIFY_BATCH_BODY } },
    (request, reply) => routes().verifyForVerifier(request, reply),
  );
  await fastify.register((fastPath, _options, done) => {
    // A gateway forwards requests with any method and any body. The body is discarded unread.
    for (const method of CHECKED_METHODS)
      if (!fastPath.supportedMethods.includes(method)) fastPath.addHttpMethod(method);
    fastPath.removeAllContentTypeParsers();
    fastPath.addContentTypeParser('*', (_request, payload, parsed) => {
      payload.resume();
      parsed(null);
    });
    const check: Omit<RouteOptions<RawServerDefault, IncomingMessage, ServerResponse, CheckRoute>, 'method'> = {
      url: CHECK,
      schema: { querystring: CHECK_QUERY },
      handler: (request, reply) => routes().check(request, reply),
    };
    fastPath.route({ ...check, method: CHECKED_METHODS, onRequest: hideContentType });
    fastPath.route({ ...check, method: 'GET' });
    done();
  });
  await fastify.ready();
}
