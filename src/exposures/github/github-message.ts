import { isUtf8 } from 'node:buffer';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/events/domain-error.js';
import { isTooDeep } from '../../platform/http/bodies.js';

const KEY_HEADER = 'github-public-key-identifier';
const SIGNATURE_HEADER = 'github-public-key-signature';

/** A message with its signature, not verified yet. */
export interface GithubMessage {
  /** The signed bytes. */
  bytes: Buffer;
  keyName: string;
  /** The signature: DER in base64. */
  signature: string;
}

/** A secret found by GitHub. */
interface GithubMatch {
  token: string;
  /** The public URL of the secret. */
  url: string | null;
  /** The kind of place, such as `content` or `commit`. */
  source: string | null;
}

/** Handler parameter: the bytes of the body with their signature headers. */
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
    // Every unreadable message is refused alike.
  }
  throw new DomainError('request.malformed');
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const invalid = (field: string, message: string): DomainError => DomainError.invalid(field, `${field} ${message}`);
