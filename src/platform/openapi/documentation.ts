import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dump } from 'js-yaml';
import { PAGE_HEADERS } from '../http/page-headers.js';
import { StoredAnswer } from '../http/stored-answer.js';
import { INITIALIZER, PAGE } from './swagger-ui.js';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const JAVASCRIPT = 'text/javascript; charset=utf-8';

/** The files of Swagger UI that its page loads, and their types. */
const FILES = {
  'swagger-ui-bundle.js': JAVASCRIPT,
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/**
 * Serves the document at `/docs/json` and `/docs/yaml` and Swagger UI at `/docs`.
 *
 * @param create is called once, when the document is first asked for
 */
export function serveDocumentation(fastify: FastifyInstance, create: () => OpenAPIObject): void {
  let written: string | undefined;
  const json = (): string => (written ??= JSON.stringify(create()));
  const yaml = (): string => dump(JSON.parse(json()), { noRefs: true });
  const answers: Record<string, StoredAnswer> = {
    '/docs': new StoredAnswer('text/html; charset=utf-8', () => PAGE, PAGE_HEADERS),
    '/docs/initializer.js': new StoredAnswer(JAVASCRIPT, () => INITIALIZER),
    '/docs/json': new StoredAnswer('application/json; charset=utf-8', json),
    '/docs/yaml': new StoredAnswer('application/yaml; charset=utf-8', yaml),
  };
  for (const [file, type] of Object.entries(FILES))
    answers[`/docs/${file}`] = new StoredAnswer(type, () => readFileSync(join(SWAGGER_UI, file)));
  for (const [path, { send }] of Object.entries(answers)) fastify.get(path, send);
  fastify.get('/docs/', (_request: FastifyRequest, reply: FastifyReply) => reply.redirect('/docs'));
}
