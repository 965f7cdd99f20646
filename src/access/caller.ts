import { isIP } from 'node:net';
import type { Scopes } from './scopes.js';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../platform/config/config.js';
import { spellAddress, withoutPort } from '../platform/validation/networks.js';
import type { Actor } from '../platform/events/actor.js';

/** The authenticated caller of a request. */
export interface Caller extends Actor {
  accountId: number;
  /** The merchant that the account, or the key, belongs to. */
  merchantId: string;
  /** The merchant's eight-digit `client_id`. */
  clientId: string;
  /** The caller's level now: that of its account's role, or of its key if that is lower. */
  level: number;
}

/** A key that is itself the caller, in a route that requires one. */
export interface KeyCaller extends Caller {
  keyId: string;
  /** The public id of the credential that it presented, which may be its previous one. */
  publicId: string;
  /** The scopes that the key has now; `null` for every scope. */
  scopes: Scopes;
}

/** Handler parameter: the authenticated caller. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: Caller }>().user,
);

/** The length of the longest textual address: IPv4 within IPv6. */
const ADDRESS_LENGTH = 45;

/** Reads the origin of a request, for the audit trail. */
export function readOrigin(request: FastifyRequest): Pick<Actor, 'address' | 'userAgent' | 'requestId'> {
  return {
    address: readAddress(request),
    userAgent: readUserAgent(request.headers['user-agent']),
    requestId: request.id,
  };
}

/** A full key, which a client that confuses its headers may send as its name. */
const FULL_KEY = /ks_(live|test)_\w+/g;

const readUserAgent = (header = ''): string | null =>
  Array.from(header.replaceAll(FULL_KEY, 'ks_$1_[redacted]')).slice(0, 200).join('') || null;

/**
 * Returns the client's address in its one spelling, for records and limits. It is the proxy's own if a trusted proxy has forwarded something that
 * isn't an address.
 */
export function readAddress({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string | null {
  const forwarded = withoutPort(ip);
  const address = isIP(forwarded) === 0 ? socket.remoteAddress : forwarded;
  return address === undefined ? null : spellAddress(address).slice(0, ADDRESS_LENGTH);
}

/** Returns the client's address as keys are bound to it. What a trusted proxy has forwarded in place of an address is none that a key is bound to. */
export const readClientAddress = ({ ip }: Pick<FastifyRequest, 'ip'>): string => withoutPort(ip);

/** Where a request comes from: the address as {@link readClientAddress} returns it, and the `User-Agent`. */
export interface ClientSource {
  ip: string;
  userAgent: string | undefined;
}

export const readClientSource = (request: Pick<FastifyRequest, 'ip' | 'headers'>): ClientSource => ({
  ip: readClientAddress(request),
  userAgent: request.headers['user-agent'],
});

/** Handler parameter: the unauthenticated caller of a public route. */
export const Visitor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { kind: 'visitor', accountId: null, keyId: null, ...readOrigin(request) };
});

/** A host with or without a port, in the form that a link may contain. */
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i;

/** Handler parameter: where the request comes from. */
export const Source = createParamDecorator((_: unknown, context: ExecutionContext) =>
  readClientSource(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Handler parameter: the base URL of links in the answer. It is `PUBLIC_URL` if that is set, else the origin of the request. */
export const Origin = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { publicUrl, PUBLIC_URL } = request.server.getDecorator<Config>('config');
  return PUBLIC_URL === undefined && HOST.test(request.host) ? `${request.protocol}://${request.host}` : publicUrl;
});
