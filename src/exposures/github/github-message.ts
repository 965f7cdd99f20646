import { isUtf8 } from 'node:buffer';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/events/domain-error.js';
import { isTooDeep } from '../../platform/http/bodies.js';

const KEY_HEADER = 'github-public-key-identifier';
const SIGNATURE_HEADER = 'github-public-key-signature';

/** A message as it came, which somebody claims to have signed. */
export interface GithubMessage {
  /** What was signed. */
  bytes: Buffer;
  keyName: string;
  /** In base64, of DER. */
  signature: string;
}

/** A secret that GitHub has found. */
interface GithubMatch {
  token: string;
  /** Where anybody can read it. */
  url: string | null;
  /** In what, such as `content` or `commit`. */
  source: string | null;
}

/** Handler parameter: the body's bytes with what says who has signed them. */
export const SignedMessage = createParamDecorator((_: unknown, context: ExecutionContext): GithubMessage => {
  const { body, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    bytes: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    keyName: String(headers[KEY_HEADER] ?? ''),
    signature: String(headers[SIGNATURE_HEADER] ?? ''),
  };
});

/** @throws {DomainError} `request.malformed`, `request.invalid` */
export function matchesIn(bytes: Buffer): GithubMatch[] {
  const matches = parse(bytes);
  if (!Array.isArray(matches) || matches.length === 0) throw invalid('body', 'must be an array of matches');
  return matches.map((match: unknown, index) => {
    const { token, url, source } = (match ?? {}) as Record<string, unknown>;
    if (typeof token !== 'string') throw invalid(`${index}.token`, 'must be a string');
    return { token, url: textOrNull(url), source: textOrNull(source) };
  });
}

function parse(bytes: Buffer): unknown {
  try {
    const value = isUtf8(bytes) ? (JSON.parse(bytes.toString()) as unknown) : undefined;
    if (value !== undefined && !isTooDeep(value)) return value;
  } catch {
    // The same refusal for all that can't be read.
  }
  throw new DomainError('request.malformed');
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const invalid = (field: string, message: string): DomainError => DomainError.invalid(field, `${field} ${message}`);
