import { randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ApiKey } from '../api-key.entity.js';
import type { Environment } from '../../applications/application.entity.js';

/**
 * The credential that a caller presents: a public id, which finds the key, and a secret, which proves it. Every secret ends in a checksum
 * of the public id and the rest of the secret, so that a typo or garbage is refused without a database read.
 *
 * - accounts surface: a UUID and 64 hex characters
 * - clients surface: 20 and 64 hex characters
 * - merchants surface: one string of `ks_live_` or `ks_test_`, 16 more characters of the public id, 32 of the secret and 6 of the checksum
 */
export interface Credential {
  publicId: string;
  secret: string;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The beginning of a full key, the length of its public id, and its length as a whole. */
const PREFIX = /^ks_(?:live|test)_/;
const PUBLIC_LENGTH = 24;
const FULL_LENGTH = 62;

/** The lengths of the other surfaces' public ids, and the length of their secrets. */
const UUID_LENGTH = 36;
const PUBLIC_LENGTHS = [20, UUID_LENGTH];
const SECRET_LENGTH = 64;

const FULL_KEY = /^ks_(?:live|test)_[0-9A-Za-z]{54}$/;
const PAIR = /^(?:[0-9a-f]{20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):[0-9a-f]{64}$/;

/** How many of a full key's first characters may be shown. */
const PREFIX_LENGTH = 12;

/** Generates a credential whose public id is a UUID. */
export const issuePersonalPair = (): Credential => generatePair(randomUUID());

/** Generates a credential whose public id is hexadecimal. */
export const issueClientPair = (): Credential => generatePair(randomBytes(10).toString('hex'));

/** Generates a credential that is presented as one string. Its secret has 190 random bits. */
export function issueFullKey(environment: Environment): Credential {
  const characters = randomBase62(16 + 32);
  const publicId = `ks_${environment}_${characters.slice(0, 16)}`;
  const random = characters.slice(16);
  return { publicId, secret: random + base62Checksum(publicId + random) };
}

/** Joins the public id and the secret of a full key. */
export const formatFullKey = ({ publicId, secret }: Credential): string => publicId + secret;

/** The last characters of a credential. They may be shown, because they are part of the checksum, not of the random characters. */
export const lastFourOf = ({ secret }: Credential): string => secret.slice(-4);

/** The first characters of a full key, which may be shown. */
export const prefixOf = (publicId: string): string => publicId.slice(0, PREFIX_LENGTH);

/** The first characters of a key; those of an imported key as far as they are known. */
export const displayPrefix = ({ publicId, importedPrefix }: Pick<ApiKey, 'publicId' | 'importedPrefix'>): string =>
  importedPrefix ?? prefixOf(publicId);

/**
 * Splits a presented credential, `ks_…` or `<key>:<secret>`. Returns `null` if its length or beginning is wrong. The checksum is left to
 * {@link isIntact}: comparing the secret with a known key's hash makes it redundant.
 */
export function parseCredential(presented: string): Credential | null {
  if (PREFIX.test(presented)) {
    // A full key may also be sent as the user name in HTTP Basic, with an empty password.
    const fullKey = presented.endsWith(':') ? presented.slice(0, -1) : presented;
    if (fullKey.length !== FULL_LENGTH) return null;
    return { publicId: fullKey.slice(0, PUBLIC_LENGTH), secret: fullKey.slice(PUBLIC_LENGTH) };
  }
  const publicLength = presented.indexOf(':');
  if (!PUBLIC_LENGTHS.includes(publicLength) || presented.length !== publicLength + 1 + SECRET_LENGTH) return null;
  const publicId = presented.slice(0, publicLength);
  return {
    publicId: publicLength === UUID_LENGTH ? publicId.toLowerCase() : publicId,
    secret: presented.slice(publicLength + 1),
  };
}

/** Whether a credential has the form of those issued here, including the checksum. Any other is invalid, whatever the database holds. */
export function isIntact({ publicId, secret }: Credential): boolean {
  if (FULL_KEY.test(publicId + secret)) return secret.slice(32) === base62Checksum(publicId + secret.slice(0, 32));
  return PAIR.test(`${publicId}:${secret}`) && secret.slice(56) === hexChecksum(publicId + secret.slice(0, 56));
}

function generatePair(publicId: string): Credential {
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

/** Generates random characters of equal probability. Bytes from 248 on (4 × 62) are discarded, and 8 spare bytes replace them. */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length + 8))
      if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62);
  }
  return text;
}
