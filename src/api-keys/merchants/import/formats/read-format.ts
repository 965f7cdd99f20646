import { AFTER_PREFIX_MIN, isLongEnough, type LookupKind } from '../../../credentials/imported/imported-credential.js';
import { DomainError } from '../../../../platform/events/domain-error.js';
import type { ImportFormatBody } from './import-formats.dto.js';
import type { Shape } from './import-formats.js';

/** @throws {DomainError} `request.invalid` if the keys would be too short, so that words which programs send by mistake could be keys */
export function assertLongEnough({ prefix, length }: ImportFormatBody): void {
  if (length == null || isLongEnough(length, prefix)) return;
  const message = `format.length must be at least ${AFTER_PREFIX_MIN} more than that of the prefix`;
  throw DomainError.invalid('format.length', message);
}

/**
 * Returns the shape of a format's keys of one kind.
 *
 * @throws {DomainError} `request.invalid` for an HMAC without a pepper
 */
export function readShape(
  { prefix, length, pepper, pepperEncoding }: ImportFormatBody,
  kind: LookupKind,
  lookupLength: number | null,
): Shape {
  const shape = { kind, prefix, length: length ?? null, lookupLength, pepper: null };
  if (kind !== 'hmac-sha256') return shape;
  return { ...shape, pepper: readPepper({ pepper, pepperEncoding }) };
}

/** @throws {DomainError} `request.invalid` if there is no pepper */
export function readPepper({ pepper, pepperEncoding }: Pick<ImportFormatBody, 'pepper' | 'pepperEncoding'>): Buffer {
  if (pepper == null) throw DomainError.invalid('algorithm', 'algorithm hmac-sha256 requires format.pepper');
  return Buffer.from(pepper, pepperEncoding ?? 'utf8');
}

/** @throws {DomainError} `request.invalid` if the pepper isn't in its encoding: of what isn't, a part would be used */
export function assertPepper({ pepper, pepperEncoding }: ImportFormatBody): void {
  if (pepper == null || pepperEncoding == null || PEPPERS[pepperEncoding].test(pepper)) return;
  throw DomainError.invalid('format.pepper', `format.pepper must be in ${pepperEncoding}, its pepperEncoding`);
}

const PEPPERS = {
  utf8: /^/,
  hex: /^(?:[\da-f]{2})+$/i,
  base64: /^(?:[a-z\d+/]{4})*(?:[a-z\d+/]{2}(?:==)?|[a-z\d+/]{3}=?|[a-z\d+/]{4})$/i,
  base64url: /^(?:[\w-]{4})*(?:[\w-]{2}(?:==)?|[\w-]{3}=?|[\w-]{4})$/,
};
