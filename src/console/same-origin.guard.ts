import { applyDecorators, Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CONSOLE_HEADER, isSameOrigin } from '../auth/same-origin.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Refuses } from '../platform/http/route-facts.js';

/** Keeps other sites from opening a session in the browser of a visitor. */
@Injectable()
@Refuses('session.cross_origin')
class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (isSameOrigin(context.switchToHttp().getRequest<FastifyRequest>())) return true;
    throw new DomainError('session.cross_origin');
  }
}

/** Reserves a route for the server's own pages. */
export const SameOrigin = (): MethodDecorator =>
  applyDecorators(
    UseGuards(SameOriginGuard),
    ApiHeader({
      name: CONSOLE_HEADER,
      description: 'Shows that a page of this server has sent the request: another site cannot send it.',
      required: true,
      schema: { type: 'string', enum: ['1'], example: '1' },
    }),
  );
