import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { renderMessage, PAGE_POLICY } from '../pages/layout.js';
import { StoredAnswer } from '../platform/http/stored-answer.js';
import { findPackage } from '../platform/runtime/version.js';

const HTML = 'text/html; charset=utf-8';

/** What the console may do: run its own scripts and styles, and call this server. It cannot be framed. */
const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'X-Frame-Options': 'DENY',
};

/** Files with a hash of their content in their names, which never change. */
const HASHED = 'assets';

const cachingOf = (path: string): string =>
  path.includes(`${sep}${HASHED}${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache';

/** Serves the built console at `/console`: its files, and its page at every path that is none, since the page has paths of its own. */
export function serveConsole(fastify: FastifyInstance): void {
  const folder = fileURLToPath(new URL('dist/console/', findPackage()));
  const isBuilt = existsSync(`${folder}index.html`);
  if (isBuilt) serveFiles(fastify, folder);
  const page = isBuilt ? readPage(`${folder}index.html`) : NOT_BUILT;
  for (const path of ['/console', '/console/', '/console/*'])
    fastify.get(path, (request, reply) => page.send(request, isBuilt ? reply : reply.status(404)));
}

/** The page, which is revalidated by its content: packages give all their files the same time. */
const readPage = (file: string): StoredAnswer => new StoredAnswer(HTML, () => readFileSync(file), HEADERS);

const NOT_BUILT = new StoredAnswer(
  HTML,
  () => renderMessage('The console is not built', 'Build it with npm run build, and start the server again.'),
  { 'Content-Security-Policy': PAGE_POLICY, 'X-Frame-Options': 'DENY' },
);

function serveFiles(fastify: FastifyInstance, root: string): void {
  void fastify.register(fastifyStatic, {
    root,
    prefix: '/console/',
    // A route for each file, and none for what lies beside them.
    wildcard: false,
    globIgnore: ['index.html', '**/*.{br,gz}'],
    index: false,
    preCompressed: true,
    decorateReply: false,
    cacheControl: false,
    etag: false,
    lastModified: false,
    setHeaders: (reply, path) => void reply.headers({ ...HEADERS, 'Cache-Control': cachingOf(path) }),
  });
  // A script that is gone since an update is not the page.
  fastify.get(`/console/${HASHED}/*`, (_request: FastifyRequest, reply: FastifyReply) => reply.callNotFound());
}
