import { createHmac, hash } from 'node:crypto';
import type { Credential } from '../credential.js';

/** How an imported key is looked up: by a digest of the whole key, or by its first characters. */
export type LookupKind = 'sha256' | 'hmac-sha256' | 'prefix';

/** A format of imported keys: what they look like, and how they are looked up. */
export interface KeyFormat {
  id: string;
  kind: LookupKind;
  /** The characters that every key begins with; empty if keys begin differently. */
  prefix: string;
  /** The length of every key, in characters; `null` if lengths vary. */
  length: number | null;
  /** How many of its first characters a key of kind `prefix` is looked up by. */
  lookupLength: number | null;
  /** The pepper of kind `hmac-sha256`. */
  pepper: Buffer | null;
}

/** A key must fit in a header, so it consists of visible ASCII characters of one byte each. */
const KEY = /^[\x21-\x7e]{8,500}$/;

/**
 * Returns the credential of an imported key: the public id that it is looked up by, and the secret that proves it. The secret is the digest
 * if the key was imported with a fast hash, and the key itself if with a slow one. Returns `null` if the presented text doesn't have the
 * format. Text that begins with `ks_` is never an imported key.
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

/** The lookup id of the key that begins with these characters; a format has at most one such key. */
export const idOfPrefix = (formatId: string, lookupPrefix: string): string => lookupId(`${formatId}:${lookupPrefix}`);

/** Derives an id that may be shown and logged, from text that may not. */
const lookupId = (text: string): string => `im_${hash('sha256', `keywright import ${text}`, 'hex').slice(0, 32)}`;

function digest({ kind, pepper }: KeyFormat, key: string): string {
  if (kind === 'sha256') return hash('sha256', key, 'hex');
  return createHmac('sha256', pepper ?? '')
    .update(key)
    .digest('hex');
}
