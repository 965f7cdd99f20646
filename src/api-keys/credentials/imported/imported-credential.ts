import { createHmac, hash } from 'node:crypto';
import type { Credential } from '../credential.js';

/** How an imported key is looked up: by a digest of the whole key, or by its first characters. */
export type LookupKind = 'sha256' | 'hmac-sha256' | 'prefix';

/** A merchant's format of imported keys: what they look like, and how they are looked up. */
export interface KeyFormat {
  id: string;
  merchantId: string;
  kind: LookupKind;
  /** The characters that every key begins with; those of version 0.1 may be few or none. */
  prefix: string;
  /** The length of every key, in characters; `null` if lengths vary. */
  length: number | null;
  /** How many of its first characters a key of kind `prefix` is looked up by. */
  lookupLength: number | null;
  /** The pepper of kind `hmac-sha256`. */
  pepper: Buffer | null;
}

/** A credential under which a merchant may have imported a presented text. */
export interface ImportedCredential extends Credential {
  merchantId: string;
}

/** The least characters of a key, and of what follows its prefix. A word that a program sends for a missing key is shorter. */
export const KEY_LENGTH_MIN = 16;
export const AFTER_PREFIX_MIN = 12;

/** A key must fit in a header, so it consists of visible ASCII characters of one byte each. */
const KEY = /^[\x21-\x7e]{8,500}$/;

/** The beginning of the public ids of imported keys, and the length of the part of the format's id that follows it. */
const IMPORTED = 'im_';
const TAG_LENGTH = 8;
const TAG_END = IMPORTED.length + TAG_LENGTH;

/**
 * Returns the credentials of an imported key: the public id that it is looked up by, and the secret that proves it. The secret is the digest
 * if the key was imported with a fast hash, and the key itself if with a slow one. There are none if the presented text doesn't have the
 * format. The first is the format's own, the second the one that version 0.1 gave such a key. Text that begins with `ks_` is never an
 * imported key.
 */
export function importedCredentials(format: KeyFormat, presented: string): ImportedCredential[] {
  const { merchantId, kind, prefix, length, lookupLength } = format;
  if (!presented.startsWith(prefix) || presented.startsWith('ks_') || !KEY.test(presented)) return [];
  if (length !== null && presented.length !== length) return [];
  if (lookupLength !== null && presented.length <= lookupLength) return [];
  const isDigest = kind !== 'prefix';
  const secret = isDigest ? digest(format, presented) : presented;
  const lookup = isDigest ? secret : presented.slice(0, lookupLength ?? 0);
  const ids = [formerPublicIdOf(format, lookup)];
  if (isLongEnough(presented.length, prefix)) ids.unshift(publicIdOf(format, lookup));
  return ids.map((publicId) => ({ merchantId, publicId, secret }));
}

/** Whether texts of this length that begin with the prefix may be keys. */
export const isLongEnough = (length: number, { length: prefixLength }: string): boolean =>
  length >= KEY_LENGTH_MIN && length - prefixLength >= AFTER_PREFIX_MIN;

/**
 * Returns the public id of an imported key. It begins with a part of the format's id, so that the index on public ids finds the keys of a
 * format, and no two merchants' keys have the same.
 *
 * @param lookup the digest in hex, or the first characters
 */
export const publicIdOf = ({ id, kind }: Pick<KeyFormat, 'id' | 'kind'>, lookup: string): string =>
  `${IMPORTED}${id.slice(0, TAG_LENGTH)}_${fingerprint(`${id}:${kind}:${lookup}`).slice(0, 24)}`;

/** Returns the public id that version 0.1 gave such a key: whoever imported a digest first had it, whatever the format. */
export const formerPublicIdOf = ({ id, kind }: Pick<KeyFormat, 'id' | 'kind'>, lookup: string): string =>
  `${IMPORTED}${fingerprint(`${kind === 'prefix' ? id : kind}:${lookup}`).slice(0, 32)}`;

/** The range of the public ids that {@link publicIdOf} gives the keys of a format. */
export function publicIdsOf(formatId: string): { from: string; below: string } {
  const tag = IMPORTED + formatId.slice(0, TAG_LENGTH);
  return { from: `${tag}_`, below: `${tag}\`` };
}

/** The public ids that version 0.1 gave imported keys: those in this range that don't have `_` after so many characters. */
export const FORMER_IDS = { from: IMPORTED, below: 'im`', tagEnd: TAG_END };

/** Whether version 0.1 gave an imported key this public id. */
export const isFormerPublicId = (publicId: string): boolean =>
  publicId.startsWith(IMPORTED) && publicId.charAt(TAG_END) !== '_';

/** Derives what may be shown and logged, from text that may not. */
const fingerprint = (text: string): string => hash('sha256', `keywright import ${text}`, 'hex');

function digest({ kind, pepper }: KeyFormat, key: string): string {
  if (kind === 'sha256') return hash('sha256', key, 'hex');
  return createHmac('sha256', pepper ?? '')
    .update(key)
    .digest('hex');
}
