import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Config } from '../config/config.js';
import { DomainError } from '../events/domain-error.js';
import { MALFORMED } from './bodies.js';
import { surfaceOf } from './surfaces/surfaces.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers with a page, which no envelope wraps. */
    isPage?: boolean;
  }
}

/** Refuses a body that could not be parsed, and wraps the result of a handler in the envelope of its surface. */
@Injectable()
export class SurfaceInterceptor implements NestInterceptor {
  constructor(private readonly config: Config) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (request.body === MALFORMED) throw new DomainError('request.malformed');
    const {
      config: { isPage, message = 'OK' },
      url: path = '',
    } = request.routeOptions;
    if (isPage) return next.handle();
    const surface = surfaceOf(request);
    return next.handle().pipe(
      map((data: unknown) => {
        const status = http.getResponse<FastifyReply>().statusCode;
        return status === 204 ? undefined : surface.success({ status, path, message, data }, this.config);
      }),
    );
  }
}
