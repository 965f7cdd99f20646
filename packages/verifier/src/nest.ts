import type { IncomingMessage } from 'node:http';
import { createParamDecorator, HttpException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { decide, requirementsOf, type RequirementsFor, type Verify } from './middleware/guard.js';
import { readNodeRequest } from './middleware/incoming.js';
import type { Verification } from './verification.js';

/** A request on either of Nest's platforms. */
interface PlatformRequest {
  /** Node's own request, on Fastify. */
  raw?: IncomingMessage;
  ip?: string;
  key?: Verification;
}

/** An answer on either of Nest's platforms. */
interface PlatformResponse {
  /** On Fastify. */
  header?: (name: string, value: string) => unknown;
  /** On Express. */
  setHeader?: (name: string, value: string) => unknown;
}

/**
 * Returns a guard that lets requests pass that present a valid key, which is then `req.key`, and throws an `HttpException` for all others. The client's address
 * is `req.ip`: behind a proxy, set the platform's `trust proxy`.
 *
 *     @UseGuards(requireKey(verify, { scopes: ['orders:read'] }))
 *     @Get('orders')
 *     list(@Key() key: Verification) { … }
 */
export function requireKey(verify: Verify, requirements: RequirementsFor<ExecutionContext> = {}): CanActivate {
  return {
    async canActivate(context) {
      const http = context.switchToHttp();
      const request = http.getRequest<PlatformRequest>();
      const incoming = readNodeRequest(request.raw ?? (request as unknown as IncomingMessage), request.ip);
      const decision = await decide(verify, requirementsOf(requirements, context), incoming);
      const { headers } = decision.refusal ?? decision;
      const response = http.getResponse<PlatformResponse>();
      for (const [name, value] of Object.entries(headers))
        (response.header ?? response.setHeader)?.call(response, name, value);
      if (decision.refusal) throw new HttpException(decision.refusal.body, decision.refusal.status);
      request.key = decision.key;
      return true;
    },
  };
}

/** The key of the request, as a parameter of a handler behind {@link requireKey}. */
export const Key = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<PlatformRequest>().key,
);
