import { hash } from 'node:crypto';

/** Derives a UUID from a text (RFC 9562, version 8). */
export function deriveUuid(text: string): string {
  const digits = hash('sha256', text, 'hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join('-');
}
