import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';
import type { Caller } from '../access/caller.js';
import { identify } from './identified-request.js';
import { IdempotencyService } from './idempotency.service.js';

/** Answers a repeated request as the first time, and says that it does. A request without the header passes as if this weren't here. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = identify(http.getRequest<FastifyRequest & { user: Caller }>());
    if (!request) return next.handle();
    const { answer, isReplayed } = await this.idempotency.once(request, async () => {
      const body: unknown = await lastValueFrom(next.handle());
      return { status: reply.statusCode, body };
    });
    if (isReplayed) void reply.status(answer.status).header('replayed', 'true');
    return of(answer.body);
  }
}
