import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../events/domain-error.js';
import { surfaceOf } from './surfaces/surfaces.js';

/** Bytes of a request's body. */
export const BODY_LIMIT = 256 * 1024;

/** Levels of arrays and objects in a request's body. */
const DEPTH_LIMIT = 16;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body line by line. */
    takesLines?: boolean;
    /** The route wants its body's bytes as they came, because somebody has signed them. */
    takesBytes?: boolean;
    /** Bytes of the route's bodies, where they may have more than others. */
    bodyLimit?: number;
  }
}

/** Bytes of a body with ten thousand ids. */
export const IDS_LIMIT = 512 * 1024;

/** Stands in for a body that can't be read: it is refused only once it is known that its sender may call the route. */
export const MALFORMED = Symbol('malformed');

/**
 * Reads JSON, and on the OAuth routes forms instead (RFC 6749, appendix B). An empty body is legal:
 * clients send the content type with every request. Lines of JSON, and bytes of JSON, are handed to the route as they come, if it takes them.
 */
export function readBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();

  fastify.addHook('onRoute', (route) => {
    if (route.config?.bodyLimit !== undefined) route.bodyLimit = route.config.bodyLimit;
  });

  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (request.routeOptions.config.takesBytes) return done(null, bytes);
    if (bytes.length === 0) return done(null, undefined);
    if (!isUtf8(bytes) || surfaceOf(request).name === 'oauth') return done(null, MALFORMED);
    void parseJson(request, bytes.toString(), (error, body: unknown) => {
      done(null, error || isTooDeep(body) ? MALFORMED : body);
    });
  });

  fastify.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, text, done) => {
      if (surfaceOf(request).name !== 'oauth') return done(new DomainError('request.unsupported_media_type'));
      done(null, parseForm(text));
    },
  );

  fastify.addContentTypeParser('application/x-ndjson', ({ routeOptions }, payload, done) => {
    if (!routeOptions.config.takesLines) return done(new DomainError('request.unsupported_media_type'));
    done(null, payload);
  });
}

/** A parameter without a value counts as not sent (RFC 6749, section 3.2); one that was sent twice is a list, which no rule lets through. */
function parseForm(text: string): object {
  const form = new URLSearchParams(text);
  const names = [...new Set(form.keys())];
  const values = names.map((name): [string, string[]] => [name, form.getAll(name)]);
  return Object.fromEntries(
    values.flatMap(([name, all]) => (all.join('') === '' ? [] : [[name, all.length > 1 ? all : all[0]]])),
  );
}

/** Whether arrays and objects stand within each other more levels deep than a body's may. */
export const isTooDeep = (value: unknown): boolean => isDeeper(value, DEPTH_LIMIT);

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}
