import { METHODS, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault, RouteOptions } from 'fastify';
import { jsonParser, readBodies } from '../../platform/http/bodies.js';
import type { FastPath } from '../../platform/http/http-server.js';
import type { VerifyBody } from './decisions.js';
import type { BodyReader, PlainRequests } from './plain-requests.js';
import { ASK, CHECK, VERIFY, VERIFY_BATCH } from './route-urls.js';
import { CHECK_QUERY, NO_QUERY, VERIFY_BATCH_BODY, VERIFY_BODY } from './schemas.js';
import type { CheckRoute, VerificationRoutes } from './verification.routes.js';

/** All methods but GET, which has no body to be read and needs no hook. */
const CHECKED_METHODS = METHODS.filter((method) => method !== 'GET' && method !== 'CONNECT');

/** Replaces the content type, because Fastify refuses an invalid one before any handler runs. */
function hideContentType({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  headers['content-type'] = 'application/octet-stream';
  done();
}

/** What answers the requests of the verification routes: itself, or as a route of Fastify's. */
interface Handlers {
  plain: PlainRequests;
  routes: VerificationRoutes;
}

/** Returns whether a request is for the fast path, by its method and its path. */
function isFastPath({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path === CHECK || (method === 'POST' && (path === VERIFY || path === VERIFY_BATCH || path === ASK));
}

/**
 * Registers the verification routes, which serve every request of the merchants' traffic, on a Fastify instance of their own beside Nest's.
 * Nest's hooks, guards, pipes and interceptors together cost more than a verification.
 *
 * @param find returns the handlers, which exist once the application has been created
 * @returns who answers the requests
 */
export async function registerFastPath(fastify: FastifyInstance, find: () => Handlers): Promise<FastPath> {
  let cached: Handlers | undefined;
  const handlers = (): Handlers => (cached ??= find());
  const routes = (): VerificationRoutes => handlers().routes;
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
  const readBody = bodyReader(fastify);
  const answer: RequestListener = (request, response) => fastify.routing(request, response);
  let plain: PlainRequests | undefined;
  const prepare = (): PlainRequests => {
    const { plain: prepared } = handlers();
    prepared.use(readBody, answer);
    return prepared;
  };
  return {
    takes: isFastPath,
    answer,
    answerPlain: (request, connection) => (plain ??= prepare()).answer(request, connection),
  };
}

/**
 * A body of the usual shape. V8 forgets a hidden class that no object has, and remembers no more than 1,536 names that objects of JSON begin with: with
 * as many names in the metadata of keys, every body could otherwise have a class of its own, and whatever reads it would miss the inline caches.
 */
const kept = new Set<VerifyBody | null>();

/** Returns a reader of the body of a verification by the schema of its route. */
function bodyReader(fastify: FastifyInstance): BodyReader {
  const parse = jsonParser(fastify);
  const isValid = fastify.validatorCompiler?.({ schema: VERIFY_BODY, method: 'POST', url: VERIFY, httpPart: 'body' });
  const read: BodyReader = (bytes) => {
    const body = parse(bytes);
    return isValid?.(body) === true ? (body as VerifyBody) : null;
  };
  kept.add(read(Buffer.from('{"key":"usual"}')));
  return read;
}
