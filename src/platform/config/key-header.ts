import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { Matches } from 'class-validator';

/** The names of headers that have a meaning of their own for HTTP, proxies, browsers or this server. */
const TAKEN = [
  'authorization|authentication-info|proxy-.*|www-authenticate|cookie2?|set-cookie2?|host|via|forwarded|x-forwarded.*|x-real-ip|x-original-.*',
  'accept.*|content.*|transfer-encoding|te|trailer|connection|keep-alive|upgrade.*|expect|date|range|if-.*|cache-control|pragma|age|vary|max-forwards',
  'origin|referer|user-agent|from|dnt|sec-.*|access-control-.*|location|server|allow|retry-after|etag|link|warning|priority',
  'idempotency-key|x-request-id|traceparent|tracestate|baggage|x-http-method.*|ratelimit.*',
  // What a gateway passes on as the answer of a check.
  'x-key-.*|x-client-id|x-merchant-id|x-application-id',
].join('|');

const KEY_HEADER = new RegExp(String.raw`^(?!(?:${TAKEN})$)[!#$%&'*+.^_\`|~0-9a-z-]{1,64}$`);

/** The text is the name of a header that may hold a key; it is kept in lower case. */
export const IsKeyHeader = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value)),
    Matches(KEY_HEADER, {
      message: '$property must be the name of a header without a meaning of its own, like apikey',
    }),
  );
