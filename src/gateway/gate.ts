import type { FastifyInstance } from 'fastify';
import { readBodies } from '../http/bodies.js';
import { answerThrown } from '../http/surface.filter.js';
import { CHECK_QUERY, VERIFICATION, VERIFICATIONS, VERIFY_BATCH_BODY, VERIFY_BODY } from './schemas.js';
import type { CheckQuery, VerificationRoutes, VerifyBody } from './verification.routes.js';

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
    // A gateway hands on whatever came, so a body of any kind is let through unread.
    gate.removeAllContentTypeParsers();
    gate.addContentTypeParser('*', (_request, payload, parsed) => {
      payload.resume();
      parsed(null);
    });
    gate.setErrorHandler(answerThrown);
    gate.all<{ Querystring: CheckQuery }>(
      '/api/v1/keys/check',
      { schema: { querystring: CHECK_QUERY } },
      (request, reply) => routes().check(request, reply),
    );
    done();
  });
}
