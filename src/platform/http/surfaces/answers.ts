import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode } from '../../events/domain-error.js';
import { REQUEST_ID } from '../request-id.js';
import { surfaceOf } from './surfaces.js';

export const MESSAGE = 'keywright:message';

/** The sentence that goes with a route's success, on the surfaces that show one. */
export const Message = (message: string): MethodDecorator =>
  applyDecorators(SetMetadata(MESSAGE, message), ApiExtension('x-message', message));

interface ErrorMessage {
  message: string;
  /** Where the route answers with another status than the catalogue's. */
  status?: number;
}

export type MessagesByCode = Partial<Record<ErrorCode, ErrorMessage>>;

/** A route's own words for errors, in place of its surface's. */
export const ErrorMessages = (words: MessagesByCode): MethodDecorator =>
  applyDecorators(RouteConfig({ words }), ApiExtension('x-words', words));

/** Sends a refusal in the envelope of the request's surface. */
export async function answerFailure(error: DomainError, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const own = (request.routeOptions.config as { words?: MessagesByCode }).words?.[error.code];
  const status = own?.status ?? error.status;
  const surface = surfaceOf(request);
  // Whatever the route would have answered with: Fastify sends an object as nothing but JSON.
  void reply.header(REQUEST_ID, request.id).type('application/json; charset=utf-8');
  if (error.context.retryAfterSeconds !== undefined) void reply.header('Retry-After', error.context.retryAfterSeconds);
  if (status === 401) {
    const isBasic = surface.name === 'oauth' || /\/key(\?|$)/.test(request.url);
    void reply.header(
      'WWW-Authenticate',
      isBasic ? 'Basic realm="keywright", charset="UTF-8"' : 'Bearer realm="keywright"',
    );
  }
  await reply.status(status).send(surface.failure({ status, error, message: own?.message }));
}
