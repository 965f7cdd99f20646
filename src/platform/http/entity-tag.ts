import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refuses } from './route-facts.js';

/** The response header of a version (RFC 9110, section 8.8.3), for the document. */
export const ETAG = {
  ETag: { description: "The version of the key's settings, for `If-Match`.", schema: { type: 'string' } },
};

const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description:
    'The `ETag` of the expected version, such as `"3"`; the response is 412 for another version. `*` matches any version.',
};

/**
 * Handler parameter: the versions in `If-Match` (RFC 9110, section 13.1.1); `null` matches any version. Unknown and weak tags match none.
 */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): number[] | null => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
    if (header === undefined || header.trim() === '*') return null;
    return header.split(',').flatMap((tag) => {
      const [, version] = /^\s*"(\d{1,9})"\s*$/.exec(tag) ?? [];
      return version === undefined ? [] : [Number(version)];
    });
  },
  [
    (target, name = '') => {
      const handler = Object.getOwnPropertyDescriptor(target, name);
      if (!handler) return;
      ApiHeader(IF_MATCH)(target, name, handler);
      Refuses('precondition.failed')(target, name, handler);
    },
  ],
);

/** Sets the `ETag` of the response. */
export function withTag<T extends { key: { version: number } }>(reply: FastifyReply, found: T): T {
  void reply.header('ETag', `"${found.key.version}"`);
  return found;
}
