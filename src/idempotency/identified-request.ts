import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { DomainError } from '../platform/events/domain-error.js';
import { canonicalJson } from '../platform/runtime/canonical-json.js';

export const HEADER = 'Idempotency-Key';

/** A request that says by which key it is told from others and from its own repetitions. */
export interface IdentifiedRequest {
  /** Who asks, and the key. */
  id: string;
  /** What is asked. */
  fingerprint: string;
  /** What the caller may do now. */
  level: number;
}

/** Characters of a key. */
const LENGTH_MAX = 255;

/** A string of structured fields (RFC 9651, section 3.3.3), as the draft has it, and, as many clients send it, the bare characters. */
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const BARE = /^[\x21\x23-\x7e]+$/;

/**
 * Reads the header (draft-ietf-httpapi-idempotency-key-header); `null` when there is none.
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
