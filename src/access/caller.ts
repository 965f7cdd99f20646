import { isIP } from 'node:net';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../platform/config/config.js';
import type { Actor } from '../platform/events/actor.js';

/** Who makes a request, once it is known. */
export interface Caller extends Actor {
  accountId: number;
  /** The merchant that the account, or the key, belongs to. */
  merchantId: string;
  /** The merchant's eight-digit number. */
  clientId: string;
  /** What the caller may do now: the role's level, for a key never more than its own. */
  level: number;
}

/** Handler parameter: the authenticated caller. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: Caller }>().user,
);

/** The longest address in words: IPv4 within IPv6. */
const ADDRESS_LENGTH = 45;

/** Where a request comes from, for the audit trail. */
export function readOrigin(request: FastifyRequest): Pick<Actor, 'address' | 'userAgent' | 'requestId'> {
  return {
    address: readAddress(request),
    userAgent:
      Array.from(request.headers['user-agent'] ?? '')
        .slice(0, 200)
        .join('') || null,
    requestId: request.id,
  };
}

/** Where a trusted proxy passes on something that is no address, the proxy's own. */
function readAddress({ ip, socket }: FastifyRequest): string | null {
  const address = isIP(ip) === 0 ? socket.remoteAddress : ip;
  return address?.slice(0, ADDRESS_LENGTH) ?? null;
}

/** Handler parameter: whoever calls a public route. */
export const Visitor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { kind: 'visitor', accountId: null, keyId: null, ...readOrigin(request) };
});

/** A host with or without a port, as it may stand in a link. */
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i;

/** Handler parameter: what links in the answer begin with, which is `PUBLIC_URL`, or else the origin that the request was sent to. */
export const Origin = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { publicUrl, PUBLIC_URL } = request.server.getDecorator<Config>('config');
  return PUBLIC_URL === undefined && HOST.test(request.host) ? `${request.protocol}://${request.host}` : publicUrl;
});
