import { randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Environment } from './api-key.entity.js';

/**
 * What a caller presents: a public id that finds the key and a secret that proves it. The last part of every secret is a checksum
 * over all that stands before it, so that a typo or garbage is refused without asking the database.
 *
 * - accounts surface: a uuid and 64 hex characters,
 * - clients surface: 20 and 64 hex characters,
 * - merchants surface: one string, `ks_live_` or `ks_test_`, 16 characters that belong to the id, 32 of secret and 6 of checksum.
 */
export interface Credential {
  publicId: string;
  secret: string;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const PUBLIC_ID = /^(?:[0-9a-f]{20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const SECRET = /^([0-9a-f]{56})([0-9a-f]{8})$/;
const FULL_KEY = /^(ks_(?:live|test)_[0-9A-Za-z]{16})([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/** Characters of a full key that may be shown. */
const PREFIX_LENGTH = 12;

/** A new pair with a uuid as its public id. */
export const issuePersonalPair = (): Credential => pair(randomUUID());

/** A new pair of hexadecimal texts. */
export const issueClientPair = (): Credential => pair(randomBytes(10).toString('hex'));

/** A new credential that travels as one string; its secret has 190 random bits. */
export function issueFullKey(environment: Environment): Credential {
  const publicId = `ks_${environment}_${randomBase62(16)}`;
  const random = randomBase62(32);
  return { publicId, secret: random + base62Checksum(publicId + random) };
}

/** The one string that the two parts of a full key make. */
export const fullKeyOf = ({ publicId, secret }: Credential): string => publicId + secret;

/** What of any credential may be shown at its end: a part of the checksum, which is no part of the random bits. */
export const lastFourOf = ({ secret }: Credential): string => secret.slice(-4);

/** What of a full key may be shown: its first characters. */
export const prefixOf = (publicId: string): string => publicId.slice(0, PREFIX_LENGTH);

/** Turns what a caller presents, `ks_…` or `<key>:<secret>`, into a credential; `null` when its shape or checksum is wrong. */
export function parseCredential(presented: string): Credential | null {
  if (presented.startsWith('ks_')) {
    // A full key also comes as the name of a Basic login, with an empty password.
    return parseFullKey(presented.endsWith(':') ? presented.slice(0, -1) : presented);
  }
  const colon = presented.indexOf(':');
  return colon === -1 ? null : parsePair(presented.slice(0, colon), presented.slice(colon + 1));
}

function parseFullKey(presented: string): Credential | null {
  const [, publicId, random, checksum] = FULL_KEY.exec(presented) ?? [];
  if (!publicId || !random || checksum !== base62Checksum(publicId + random)) return null;
  return { publicId, secret: random + checksum };
}

function parsePair(publicId: string, secret: string): Credential | null {
  const [, random, checksum] = SECRET.exec(secret) ?? [];
  return PUBLIC_ID.test(publicId) && random && checksum === hexChecksum(publicId + random)
    ? { publicId, secret }
    : null;
}

function pair(publicId: string): Credential {
  const random = randomBytes(28).toString('hex');
  return { publicId, secret: random + hexChecksum(publicId + random) };
}

const hexChecksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

function base62Checksum(text: string): string {
  let checksum = '';
  for (let rest = crc32(text); checksum.length < 6; rest = Math.floor(rest / 62))
    checksum = BASE62.charAt(rest % 62) + checksum;
  return checksum;
}

/** Random characters, every one equally likely: bytes past the last multiple of 62 are thrown away. */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62);
  }
  return text;
}
