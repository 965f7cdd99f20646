import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode } from '../../events/domain-error.js';
import { ANSWER_HEADERS } from '../answer-headers.js';
import { REQUEST_ID } from '../request-id.js';
import { requiredScheme, type AuthScheme } from '../requirement.js';
import { RouteConfig } from '../route-config.js';
import { surfaceOf } from './surfaces.js';

/** The message of a successful response, on the surfaces that have one. */
export const Message = (message: string): MethodDecorator => RouteConfig({ message });

/** The header that names the code of an error, whatever its envelope. */
export const ERROR_CODE = 'X-Error-Code';

interface ErrorMessage {
  message: string;
  /** The status, if it differs from the catalogue's. */
  status?: number;
}

export type MessagesByCode = Partial<Record<ErrorCode, ErrorMessage>>;

declare module 'fastify' {
  interface FastifyContextConfig {
    message?: string;
    errorMessages?: MessagesByCode;
    /** How a page answers an error that occurs before its route is reached, such as a body that is too large. */
    failurePage?: { headers: Record<string, string>; render: (error: DomainError) => string };
  }
}

/** Replaces the messages of a surface for the errors of a route. */
export const ErrorMessages = (errorMessages: MessagesByCode): MethodDecorator => RouteConfig({ errorMessages });

const CHALLENGES: Record<AuthScheme, string> = {
  loginToken: 'Bearer realm="keywright"',
  keyPair: 'Basic realm="keywright", charset="UTF-8"',
  key: 'Bearer realm="keywright"',
  portalToken: 'Bearer realm="keywright"',
};

/** Sends a refusal in the envelope of the request's surface. */
export async function answerFailure(error: DomainError, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const own = request.routeOptions.config.errorMessages?.[error.code];
  const status = own?.status ?? error.status;
  const surface = surfaceOf(request);
  // Whatever the route would have answered with: Fastify sends an object as nothing but JSON.
  void reply.headers({ ...ANSWER_HEADERS, [REQUEST_ID]: request.id, [ERROR_CODE]: error.code });
  void reply.type('application/json; charset=utf-8').removeHeader('ETag');
  if (error.context.retryAfterSeconds !== undefined) void reply.header('Retry-After', error.context.retryAfterSeconds);
  const { failurePage } = request.routeOptions.config;
  if (failurePage) {
    await reply.status(status).headers(failurePage.headers).send(failurePage.render(error));
    return;
  }
  if (status === 401) void reply.header('WWW-Authenticate', CHALLENGES[requiredScheme(request)]);
  await reply.status(status).send(surface.failure({ status, error, message: own?.message }));
}
