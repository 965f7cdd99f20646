import type { FastifyRequest } from 'fastify';
import { parseCredential, type Credential } from '../api-keys/credential.js';

/** What a request shows to be let in: a key with its secret, or the token of a session that one opened. */
export type Presented = { credential: Credential } | { token: string };

const BASIC = /^basic +([A-Za-z0-9+/_-]+=*) *$/i;
const BEARER = /^bearer +(\S+) *$/i;

/** The key pair in an `Authorization: Basic` header (RFC 7617); `null` when there is none, or none that could be good. */
export function basicCredential(header: string | undefined): Credential | null {
  const [, encoded] = BASIC.exec(header ?? '') ?? [];
  return encoded === undefined ? null : parseCredential(Buffer.from(encoded, 'base64').toString('utf8'));
}

/** What a request to be checked shows, by `Authorization: Bearer` or `Basic`, or by `X-API-Key`; `null` when it is no good on sight. */
export function presentedBy({ headers }: Pick<FastifyRequest, 'headers'>): Presented | null {
  const apiKey = headers['x-api-key'];
  const [, bearer] = BEARER.exec(headers.authorization ?? '') ?? [];
  const text = bearer ?? (headers.authorization === undefined && typeof apiKey === 'string' ? apiKey : undefined);
  const credential = text === undefined ? basicCredential(headers.authorization) : parseCredential(text);
  if (credential) return { credential };
  return bearer?.split('.').length === 3 ? { token: bearer } : null;
}
