import { METHODS, type IncomingMessage, type ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault, RouteOptions } from 'fastify';
import { readBodies } from '../http/bodies.js';
import { answerThrown } from '../http/surface.filter.js';
import { CHECK_QUERY, VERIFICATION, VERIFICATIONS, VERIFY_BATCH_BODY, VERIFY_BODY } from './schemas.js';
import type { CheckRoute, VerificationRoutes, VerifyBody } from './verification.routes.js';

/** All but GET, which has no body to be read and needs no hook. */
const CHECKED_METHODS = METHODS.filter((method) => method !== 'GET' && method !== 'CONNECT');

/** Fastify refuses a content type that is none before anybody else can look at the request. */
function hideContentType({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  headers['content-type'] = 'application/octet-stream';
  done();
}

/**
 * Registers the routes that every request of a merchant's traffic asks, on Fastify itself and before Nest puts its hooks there:
 * hooks, guards, pipes and interceptors together cost more than a verification does.
 *
 * @param find what the routes do, which is there once the application is
 */
export async function openGate(fastify: FastifyInstance, find: () => VerificationRoutes): Promise<void> {
  let found: VerificationRoutes | undefined;
  const routes = (): VerificationRoutes => (found ??= find());
  await fastify.register((gate, _options, done) => {
    readBodies(gate);
    gate.setErrorHandler(answerThrown);
    gate.post<{ Body: VerifyBody }>(
      '/api/v1/keys/verify',
      { schema: { body: VERIFY_BODY, response: { 200: VERIFICATION } } },
      (request) => routes().verifyOne(request),
    );
    gate.post<{ Body: { keys: VerifyBody[] } }>(
      '/api/v1/keys/verify/batch',
      { schema: { body: VERIFY_BATCH_BODY, response: { 200: VERIFICATIONS } } },
      (request) => routes().verifyMany(request),
    );
    done();
  });
  await fastify.register((gate, _options, done) => {
    // A gateway hands on whatever came, with any method and a body of any kind, which is let through unread.
    for (const method of CHECKED_METHODS) if (!gate.supportedMethods.includes(method)) gate.addHttpMethod(method);
    gate.removeAllContentTypeParsers();
    gate.addContentTypeParser('*', (_request, payload, parsed) => {
      payload.resume();
      parsed(null);
    });
    gate.setErrorHandler(answerThrown);
    const check: Omit<RouteOptions<RawServerDefault, IncomingMessage, ServerResponse, CheckRoute>, 'method'> = {
      url: '/api/v1/keys/check',
      schema: { querystring: CHECK_QUERY },
      handler: (request, reply) => routes().check(request, reply),
    };
    gate.route({ ...check, method: CHECKED_METHODS, onRequest: hideContentType });
    gate.route({ ...check, method: 'GET' });
    done();
  });
}
