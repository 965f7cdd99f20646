import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../events/domain-error.js';
import { markInexactNumbers } from './exact-numbers.js';

/** The largest body of a request, in bytes. */
export const BODY_LIMIT = 256 * 1024;

/** The deepest nesting of arrays and objects in a body. */
const DEPTH_LIMIT = 16;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body line by line. */
    takesLines?: boolean;
    /** The route reads its body as bytes, because the body is signed. */
    takesBytes?: boolean;
    /** The route reads a form instead of JSON. */
    takesForm?: boolean;
    /** The largest body of the route, in bytes, where it differs from {@link BODY_LIMIT}. */
    bodyLimit?: number;
  }
}

/** The largest body with ten thousand ids, in bytes. */
export const IDS_LIMIT = 512 * 1024;

/** Replaces a body that cannot be parsed, so that the request is refused only after its caller has been authorised. */
export const MALFORMED = Symbol('malformed');

/** Returns a parser of JSON, whose result is {@link MALFORMED} where there is none, or what no route takes. */
export function jsonParser(fastify: FastifyInstance): (bytes: Buffer) => unknown {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  return (bytes) => {
    if (!isUtf8(bytes)) return MALFORMED;
    let parsed: unknown = MALFORMED;
    // It calls back at once, and has no use for the request.
    void parse(undefined as never, markInexactNumbers(bytes.toString()), (error, body: unknown) => {
      if (!error && !isTooDeep(body)) parsed = body;
    });
    return parsed;
  };
}

/**
 * Parses JSON, or forms instead on the routes that take them (RFC 6749, appendix B; HTML). An empty body is valid, because clients send the content type with
 * every request. Routes that take lines or bytes of JSON get them unparsed.
 */
export function readBodies(fastify: FastifyInstance): void {
  const parseJson = jsonParser(fastify);
  fastify.removeAllContentTypeParsers();

  fastify.addHook('onRoute', (route) => {
    if (route.config?.bodyLimit !== undefined) route.bodyLimit = route.config.bodyLimit;
  });

  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (request.routeOptions.config.takesBytes) return done(null, bytes);
    if (bytes.length === 0) return done(null, undefined);
    done(null, request.routeOptions.config.takesForm ? MALFORMED : parseJson(bytes));
  });

  fastify.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, text, done) => {
      if (!request.routeOptions.config.takesForm) return done(new DomainError('request.unsupported_media_type'));
      done(null, parseForm(text));
    },
  );

  fastify.addContentTypeParser('application/x-ndjson', ({ routeOptions }, payload, done) => {
    if (!routeOptions.config.takesLines) return done(new DomainError('request.unsupported_media_type'));
    done(null, payload);
  });
}

/** Parses a form. A parameter without a value counts as missing (RFC 6749, section 3.2); a repeated one becomes a list, which validation refuses. */
function parseForm(text: string): object {
  const form = new URLSearchParams(text);
  const names = [...new Set(form.keys())];
  const values = names.map((name): [string, string[]] => [name, form.getAll(name)]);
  return Object.fromEntries(
    values.flatMap(([name, all]) => (all.join('') === '' ? [] : [[name, all.length > 1 ? all : all[0]]])),
  );
}

/** Whether a value is nested more deeply than a body may be. */
export const isTooDeep = (value: unknown): boolean => isDeeper(value, DEPTH_LIMIT);

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}
