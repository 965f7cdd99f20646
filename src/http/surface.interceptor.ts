import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Config } from '../config.js';
import { MESSAGE } from './answers.js';
import { surfaceOf } from './surfaces.js';

/** Puts what a handler returned into the envelope of the request's surface. */
@Injectable()
export class SurfaceInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const surface = surfaceOf(http.getRequest<FastifyRequest>());
    const message = this.reflector.get<string | undefined>(MESSAGE, context.getHandler()) ?? 'OK';
    return next.handle().pipe(
      map((data: unknown) => {
        const status = http.getResponse<FastifyReply>().statusCode;
        return status === 204 ? undefined : surface.success({ status, message, data }, this.config);
      }),
    );
  }
}
