import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { Refuses, Sends } from '../platform/http/route-facts.js';
import { identify } from './identified-request.js';
import { IdempotencyService } from './idempotency.service.js';
import type { ExcusableRequest } from './replays.js';

/** Answers a repeated request with its first answer and the header `replayed`. A request without an `Idempotency-Key` passes unchanged. */
@Injectable()
@Refuses('idempotency.under_way', 'idempotency.key_reused')
@Sends({
  replayed: {
    description: 'Present if the response repeats that of an earlier request with the same `Idempotency-Key`.',
    schema: { type: 'string', const: 'true' },
  },
})
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<ExcusableRequest>();
    const identified = identify(request);
    if (!identified) return next.handle();
    const { answer, isReplayed } = await this.idempotency.once(identified, async () => {
      if (request.missing) throw request.missing;
      const body: unknown = await lastValueFrom(next.handle());
      return { status: reply.statusCode, body, etag: (reply.getHeader('etag') as string | undefined) ?? null };
    });
    if (isReplayed) {
      void reply.status(answer.status).header('replayed', 'true');
      if (answer.etag !== null) void reply.header('etag', answer.etag);
    }
    return of(answer.body);
  }
}
