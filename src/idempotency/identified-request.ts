import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { DomainError } from '../platform/events/domain-error.js';
import { canonicalJson } from '../platform/runtime/canonical-json.js';

export const HEADER = 'Idempotency-Key';

/** A request with an `Idempotency-Key`. */
export interface IdentifiedRequest {
  /** A hash of the caller and the key. */
  id: string;
  /** A hash of the method, the URL and the body. */
  fingerprint: string;
  /** The caller's level now. */
  level: number;
}

/** The maximum length of a key, in characters. */
const LENGTH_MAX = 255;

/** A structured-field string (RFC 9651, section 3.3.3), as the draft requires, and the bare characters, as many clients send them. */
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const BARE = /^[\x21\x23-\x7e]+$/;

/**
 * Identifies a request by its header (draft-ietf-httpapi-idempotency-key-header); `null` if it has none.
 *
 * @throws {DomainError} `request.invalid`
 */
export function identify(request: FastifyRequest & { user: Caller }): IdentifiedRequest | null {
  const header = request.headers[HEADER.toLowerCase()];
  if (header === undefined) return null;
  const { merchantId, accountId, keyId, level } = request.user;
  return {
    id: sha256(canonicalJson([merchantId, accountId, keyId, keyIn(String(header).trim())])),
    fingerprint: sha256(canonicalJson(writable([request.method, request.url, request.body]))),
    level,
  };
}

function keyIn(header: string): string {
  const key = BARE.test(header) ? header : QUOTED.exec(header)?.[1]?.replaceAll(/\\(.)/g, '$1');
  if (key !== undefined && key.trim() !== '' && key.length <= LENGTH_MAX) return key;
  const message = `${HEADER} must be a string of 1 to ${LENGTH_MAX} visible ASCII characters, like "8e03978e-40d5-43dd"`;
  throw DomainError.invalid(HEADER, message);
}

/** The same, with `null` for what JSON can be read as but not written: 1e999 is read as infinite. */
const writable = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');
