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
  if (pepper == null) throw DomainError.invalid('algorithm', 'algorithm hmac-sha256 requires format.pepper');
  return { ...shape, pepper: Buffer.from(pepper, pepperEncoding ?? 'utf8') };
}
