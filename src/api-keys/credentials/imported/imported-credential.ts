import { createHmac, hash } from 'node:crypto';
import type { Credential } from '../credential.js';

/** How an imported key is found: by a digest of the whole key, or by its first characters. */
export type LookupKind = 'sha256' | 'hmac-sha256' | 'prefix';

/** What the imported keys of one kind look like. */
export interface KeyFormat {
  id: string;
  kind: LookupKind;
  /** What each begins with; empty for anything. */
  prefix: string;
  /** How many characters each has; `null` for any number. */
  length: number | null;
  /** How many of its first characters find a key of the kind `prefix`. */
  lookupLength: number | null;
  /** Of the kind `hmac-sha256`. */
  pepper: Buffer | null;
}

/** What travels in a header: visible ASCII. Every character is one byte. */
const KEY = /^[\x21-\x7e]{8,500}$/;

/**
 * What an imported key of the format would be stored as: an id to look it up by, and the secret that proves it, which is the digest where the
 * hash is a fast one and the key itself where it is slow. `null` when the presented text isn't of the format. What begins with `ks_` is
 * never imported.
 */
export function importedCredential(format: KeyFormat, presented: string): Credential | null {
  const { kind, prefix, length, lookupLength } = format;
  if (!presented.startsWith(prefix) || presented.startsWith('ks_') || !KEY.test(presented)) return null;
  if (length !== null && presented.length !== length) return null;
  if (kind !== 'prefix') return credentialFromDigest(kind, digest(format, presented));
  if (lookupLength === null || presented.length <= lookupLength) return null;
  return { publicId: idOfPrefix(format.id, presented.slice(0, lookupLength)), secret: presented };
}

/** @param digest in hex */
export const credentialFromDigest = (kind: LookupKind, digest: string): Credential => ({
  publicId: lookupId(`${kind}:${digest}`),
  secret: digest,
});

/** The lookup id of the key that begins so; within one format there is one at most. */
export const idOfPrefix = (formatId: string, lookupPrefix: string): string => lookupId(`${formatId}:${lookupPrefix}`);

/** An id is shown and written down, so it is itself a digest of what may not be. */
const lookupId = (text: string): string => `im_${hash('sha256', `keywright import ${text}`, 'hex').slice(0, 32)}`;

function digest({ kind, pepper }: KeyFormat, key: string): string {
  if (kind === 'sha256') return hash('sha256', key, 'hex');
  return createHmac('sha256', pepper ?? '')
    .update(key)
    .digest('hex');
}
