import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LogEntry } from './logs/log-entry.js';
import type { MetricsExporter } from './metrics/metrics.js';

/** Asked by machines every few seconds: nobody wants to read of it. */
const NOT_LOGGED = /^\/(health\/|metrics$)/;

/** Who made a request, as its log line names them. */
type Caller = Record<'merchantId' | 'accountId' | 'keyId', unknown>;

const logger = new Logger('Requests');

/**
 * Counts how long each request took, and logs a line for each. The route is named, not the path, and no value of the query: both can hold
 * what is nobody's business.
 */
export function watchRequests(
  fastify: FastifyInstance,
  { metrics, areLogged }: { metrics: MetricsExporter; areLogged: boolean },
): void {
  if (!metrics.areServed && !areLogged) return;
  fastify.addHook('onResponse', (request: FastifyRequest & { user?: Caller }, reply: FastifyReply, done) => {
    const { method, id: requestId, user } = request;
    const { statusCode: status, elapsedTime } = reply;
    const route = request.routeOptions.url ?? 'none';
    metrics.addRequest(method, route, status, elapsedTime / 1000);
    if (areLogged && !NOT_LOGGED.test(route)) {
      const durationMs = Math.round(elapsedTime * 10) / 10;
      const caller = user && { merchantId: user.merchantId, accountId: user.accountId, keyId: user.keyId };
      logger.log(new LogEntry('request', { method, route, status, durationMs, requestId, ...caller }));
    }
    done();
  });
}
