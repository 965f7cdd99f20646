import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LogEntry } from './logs/log-entry.js';
import type { MetricsExporter } from './metrics/metrics.js';

/** Routes that machines request every few seconds. */
const NOT_LOGGED = /^\/(health\/|metrics$)/;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether requests last as long as there is something to wait for: their durations say nothing, and they come again and again. */
    isWaiting?: boolean;
  }
}

/** Who made a request, as its log line names them. */
type Caller = Record<'merchantId' | 'accountId' | 'keyId', unknown>;

const logger = new Logger('Requests');

/**
 * Records the duration of each request, and logs one line for it. The line has the route's pattern, neither the path nor the query, because
 * these can hold secrets and personal data.
 */
export function watchRequests(
  fastify: FastifyInstance,
  { metrics, areLogged }: { metrics: MetricsExporter; areLogged: boolean },
): void {
  if (!metrics.areServed && !areLogged) return;
  fastify.addHook('onResponse', (request: FastifyRequest & { user?: Caller }, reply: FastifyReply, done) => {
    const { method, id: requestId, user } = request;
    const { statusCode: status, elapsedTime } = reply;
    const { url: route = 'none', config } = request.routeOptions;
    if (config.isWaiting && status < 400) return done();
    metrics.addRequest(method, route, status, elapsedTime / 1000);
    if (areLogged && !NOT_LOGGED.test(route)) {
      const durationMs = Math.round(elapsedTime * 10) / 10;
      const caller = user && { merchantId: user.merchantId, accountId: user.accountId, keyId: user.keyId };
      logger.log(new LogEntry('request', { method, route, status, durationMs, requestId, ...caller }));
    }
    done();
  });
}
