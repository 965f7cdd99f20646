import { createServer, type RequestListener, type Server } from 'node:http';
import type { FastifyServerFactory, FastifyServerOptions } from 'fastify';
import type { Config } from '../config/config.js';
import { requestLimits } from './late-requests.js';
import { servePlainConnections, type PlainRoutes } from './plain-connections.js';
import { canonicalise, namesOneHost } from './request-target.js';
import { refuseMalformed } from './surfaces/unreadable.js';

/** Answers the requests that may take a shorter way than the others. */
export interface FastPath extends PlainRoutes {
  answer: RequestListener;
}

/** Returns a function that creates the server whose requests go to the fast path or to Fastify, each by the one spelling of its target. */
export const serverFactory =
  ({ REQUEST_TIMEOUT_SECONDS }: Config, fastPath: FastPath): FastifyServerFactory =>
  (serve, options): Server => {
    const answer: RequestListener = (request, response) => {
      if (!namesOneHost(request)) refuseMalformed(request, response);
      // Only a target that is not known as it was sent is spelt anew.
      else if (fastPath.takes(request) || (canonicalise(request) && fastPath.takes(request)))
        fastPath.answer(request, response);
      else serve(request, response);
    };
    const { keepAliveTimeout = 0 } = options as FastifyServerOptions;
    const limits = { keepAliveTimeout, ...requestLimits(REQUEST_TIMEOUT_SECONDS) };
    // Node would refuse these itself, in no envelope: a request without a host, and one with an Expect that it does not know.
    const server = createServer({ ...limits, requireHostHeader: false }, answer).on('checkExpectation', answer);
    servePlainConnections(server, fastPath);
    return server;
  };
