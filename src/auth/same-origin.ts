import type { FastifyRequest } from 'fastify';

/** The header that only a page of this server can send: any other needs a preflight for it, which the server does not answer. */
export const CONSOLE_HEADER = 'X-Keywright-Console';

/** Whether a page of this server has sent a request (Fetch Metadata, and a header that no form and no other origin can send). */
export const isSameOrigin = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  headers[CONSOLE_HEADER.toLowerCase()] === '1' && (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin';
