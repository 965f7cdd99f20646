import { randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ApiKey } from '../api-key.entity.js';
import type { Environment } from '../../applications/application.entity.js';

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

/** The first part of a full key, and how long it and the whole are. */
const PREFIX = /^ks_(?:live|test)_/;
const PUBLIC_LENGTH = 24;
const FULL_LENGTH = 62;

/** Characters of the other surfaces' public ids, and of their secrets. */
const PUBLIC_LENGTHS = [20, 36];
const SECRET_LENGTH = 64;

const FULL_KEY = /^ks_(?:live|test)_[0-9A-Za-z]{54}$/;
const PAIR = /^(?:[0-9a-f]{20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):[0-9a-f]{64}$/;

/** Characters of a full key that may be shown. */
const PREFIX_LENGTH = 12;

/** A new pair with a uuid as its public id. */
export const issuePersonalPair = (): Credential => pair(randomUUID());

/** A new pair of hexadecimal texts. */
export const issueClientPair = (): Credential => pair(randomBytes(10).toString('hex'));

/** A new credential that travels as one string; its secret has 190 random bits. */
export function issueFullKey(environment: Environment): Credential {
  const characters = randomBase62(16 + 32);
  const publicId = `ks_${environment}_${characters.slice(0, 16)}`;
  const random = characters.slice(16);
  return { publicId, secret: random + base62Checksum(publicId + random) };
}

/** The one string that the two parts of a full key make. */
export const formatFullKey = ({ publicId, secret }: Credential): string => publicId + secret;

/** What of any credential may be shown at its end: a part of the checksum, which is no part of the random bits. */
export const lastFourOf = ({ secret }: Credential): string => secret.slice(-4);

/** What of a full key may be shown: its first characters. */
export const prefixOf = (publicId: string): string => publicId.slice(0, PREFIX_LENGTH);

/** The same of an imported key too, of which as much is shown as is known. */
export const displayPrefix = ({ publicId, importedPrefix }: Pick<ApiKey, 'publicId' | 'importedPrefix'>): string =>
  importedPrefix ?? prefixOf(publicId);

/**
 * Splits what a caller presents, `ks_…` or `<key>:<secret>`; `null` when its length or its beginning is wrong. The rest is left to
 * {@link isIntact}: for a key that is known the secret tells more than its checksum.
 */
export function parseCredential(presented: string): Credential | null {
  if (PREFIX.test(presented)) {
    // A full key also comes as the name of a Basic login, with an empty password.
    const fullKey = presented.endsWith(':') ? presented.slice(0, -1) : presented;
    if (fullKey.length !== FULL_LENGTH) return null;
    return { publicId: fullKey.slice(0, PUBLIC_LENGTH), secret: fullKey.slice(PUBLIC_LENGTH) };
  }
  const publicLength = presented.indexOf(':');
  if (!PUBLIC_LENGTHS.includes(publicLength) || presented.length !== publicLength + 1 + SECRET_LENGTH) return null;
  return { publicId: presented.slice(0, publicLength), secret: presented.slice(publicLength + 1) };
}

/** Whether a credential is written as those made here are, checksum and all; any other can't be good, whatever the database holds. */
export function isIntact({ publicId, secret }: Credential): boolean {
  if (FULL_KEY.test(publicId + secret)) return secret.slice(32) === base62Checksum(publicId + secret.slice(0, 32));
  return PAIR.test(`${publicId}:${secret}`) && secret.slice(56) === hexChecksum(publicId + secret.slice(0, 56));
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

/** Random characters, every one equally likely: bytes past the last multiple of 62 are thrown away, a few more are drawn for that. */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length + 8))
      if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62);
  }
  return text;
}
