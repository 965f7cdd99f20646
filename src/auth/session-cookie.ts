import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../platform/config/config.js';
import { readCookie } from '../platform/http/cookies.js';
import { isSameOrigin } from './same-origin.js';

const NAME = 'keywright-session';

/** What determines how the cookie is written: whether the browser has sent the request over TLS. */
type Transport = Pick<FastifyRequest, 'protocol'>;

/** The cookie that holds the login token of a session of the console, where no script can read it. */
@Injectable()
export class SessionCookie {
  constructor(private readonly config: Config) {}

  /** Reads the login token from the cookie. Returns `null` without one, without a console, or if another site may have sent the request. */
  read(request: Pick<FastifyRequest, 'headers'> & Transport): string | null {
    const isRead = this.config.CONSOLE && isSameOrigin(request);
    return isRead ? readCookie(request.headers.cookie, this.nameFor(request)) : null;
  }

  /** Returns the `Set-Cookie` header that begins a session. */
  issue(request: Transport, token: string): string {
    return this.write(request, token, this.config.JWT_TTL_SECONDS);
  }

  /** Returns the `Set-Cookie` header that ends a session. */
  clear(request: Transport): string {
    return this.write(request, '', 0);
  }

  private write(request: Transport, token: string, maxAgeSeconds: number): string {
    const secure = this.isSecure(request) ? '; Secure' : '';
    return `${this.nameFor(request)}=${token}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  }

  /** A cookie whose name begins with `__Host-` can be set neither over http nor by another host. */
  private nameFor(request: Transport): string {
    return this.isSecure(request) ? `__Host-${NAME}` : NAME;
  }

  private isSecure({ protocol }: Transport): boolean {
    return protocol === 'https' || this.config.PUBLIC_URL?.startsWith('https:') === true;
  }
}
