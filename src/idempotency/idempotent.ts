import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { HEADER } from './identified-request.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

const DESCRIPTION =
  'Tells this request from others, so that it can be sent again when its answer was lost (draft-ietf-httpapi-idempotency-key-header): ' +
  'for 24 hours a repetition changes nothing, is answered as the first time and has the header `replayed: true`. A secret that is shown once is `null` then. ' +
  'Only successes count: a request that was refused may be corrected and sent again with the same key. ' +
  '1 to 255 visible ASCII characters, such as `"8e03978e-40d5-43dd-bc93-6894a57f9324"`, with or without the quotes.';

/** The route heeds `Idempotency-Key`. For callers who are known, and handlers that answer with a value and need nothing after their last transaction but what it returned. */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({ name: HEADER, required: false, description: DESCRIPTION, schema: { type: 'string' } }),
  );
