import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { HEADER } from './identified-request.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

const DESCRIPTION =
  'Identifies this request, so that it can be repeated if its answer was lost (draft-ietf-httpapi-idempotency-key-header). ' +
  'For 24 hours, a repetition changes nothing and returns the first answer, with the header `replayed: true`. ' +
  'A secret that is shown only once is `null` in it. ' +
  'Only successes are recorded: a request that was refused may be corrected and sent again with the same key. ' +
  '1 to 255 visible ASCII characters, such as `"8e03978e-40d5-43dd-bc93-6894a57f9324"`, with or without the quotes.';

/**
 * Makes a route honour `Idempotency-Key`. The route must have an authenticated caller. Its handler must return its answer as a value, and
 * may do nothing after its last transaction but use that transaction's result.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({ name: HEADER, required: false, description: DESCRIPTION, schema: { type: 'string' } }),
  );
