import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';

/** What every answer tells browsers and caches, unless its route says otherwise. */
export const ANSWER_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
} as const;

/** The same names and values in alternation, as Node writes them fastest. */
export const RAW_ANSWER_HEADERS: readonly string[] = Object.entries(ANSWER_HEADERS).flat();

/** A year, in seconds. */
const HTTPS_FOR = 31_536_000;

/** Hook: adds {@link ANSWER_HEADERS} and, where `PUBLIC_URL` is https, tells browsers to ask by https alone (RFC 6797). */
export function addAnswerHeaders({ PUBLIC_URL }: Config) {
  const headers = {
    ...ANSWER_HEADERS,
    ...(PUBLIC_URL?.startsWith('https:') && { 'Strict-Transport-Security': `max-age=${HTTPS_FOR}` }),
  };
  return (_request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    void reply.headers(headers);
    done();
  };
}
