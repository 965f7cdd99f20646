import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refuses } from './route-facts.js';

/** The header that names a version (RFC 9110, section 8.8.3), for the documentation. */
export const ETAG = {
  ETag: { description: 'Names this version of its settings, for `If-Match`.', schema: { type: 'string' } },
};

const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description:
    'The `ETag` of the version that this is meant for; for another one the answer is 412. `*` is any. Such as `"3"`.',
};

/**
 * Handler parameter: the versions that `If-Match` names (RFC 9110, section 13.1.1); `null` is any. What is no tag of ours, or a weak one,
 * names none.
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

/** Names the version in the answer's header. */
export function withTag<T extends { key: { version: number } }>(reply: FastifyReply, found: T): T {
  void reply.header('ETag', `"${found.key.version}"`);
  return found;
}
