import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeApp } from '../../app.js';
import { serveConsole } from '../../console/serve-console.js';
import { servePortal } from '../../portal/serve-portal.js';
import type { Config } from '../../platform/config/config.js';
import { serveDocumentation } from '../../platform/openapi/documentation.js';

/** Serves what people open in a browser, as far as it is switched on, and redirects `/` to the first of it. */
export function servePages(app: NestFastifyApplication, { CONSOLE, DOCS, basePath }: Config): void {
  const http: FastifyInstance = app.getHttpAdapter().getInstance();
  servePortal(http);
  if (CONSOLE) serveConsole(http);
  if (DOCS) serveDocumentation(http, () => describeApp(app));
  const first = `${basePath}${CONSOLE ? '/console' : '/docs'}`;
  if (CONSOLE || DOCS) http.get('/', (_request: FastifyRequest, reply: FastifyReply) => reply.redirect(first));
}
