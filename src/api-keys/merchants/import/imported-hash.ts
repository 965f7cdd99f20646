import { DomainError } from '../../../platform/events/domain-error.js';
import type { SlowAlgorithm } from '../../credentials/imported/slow-hashes.js';
import type { ImportedKeyBody } from './import.dto.js';

/** A fast hash: the digest of a key, in hex. */
export interface FastHash {
  kind: 'sha256' | 'hmac-sha256';
  digest: string;
}

/** A slow hash. It can't be used to look a key up, only to verify it. */
export interface SlowHash {
  kind: 'prefix';
  algorithm: SlowAlgorithm;
  hash: string;
  lookupPrefix: string;
}

const DIGEST = { hex: /^[0-9a-f]{64}$/i, base64: /^[\w+/]{43}=?$/, base64url: /^[\w-]{43}=?$/ };

/** Salt and hash leave spare bits in their last characters; bcrypt writes none of them, and compares texts. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./0-9A-Za-z]{21}[.Oeu][./0-9A-Za-z]{30}[.CGKOSWaeimquy26]$/;
/** What a comparison may cost: about a quarter of a second of one core at the most. */
const BCRYPT_COST = { min: 4, max: 12 };

/** argon2 in PHC format: memory in KiB, passes and lanes, then the salt and the hash without padding. */
const ARGON2 =
  /^\$argon2(?:id|i|d)\$v=(?:16|19)\$m=([1-9]\d{0,6}),t=([1-9]\d?),p=([1-9])\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/;
const ARGON2_MAX = { memoryKib: 65_536, passes: 10, lanes: 4 };

/**
 * Returns the hash of a row in the form that is stored.
 *
 * @throws {DomainError} `request.invalid` if the algorithm does not produce such hashes, or if a comparison would take too long
 */
export function readHash({ algorithm, hash, encoding, lookupPrefix }: ImportedKeyBody): FastHash | SlowHash {
  if (algorithm === 'sha256' || algorithm === 'hmac-sha256') {
    const usedEncoding = encoding ?? 'hex';
    if (!DIGEST[usedEncoding].test(hash)) throw DomainError.invalid('hash', `hash must be 32 bytes in ${usedEncoding}`);
    return { kind: algorithm, digest: Buffer.from(hash, usedEncoding).toString('hex') };
  }
  if (lookupPrefix == null) throw DomainError.invalid('lookupPrefix', `lookupPrefix is required for ${algorithm}`);
  if (algorithm === 'bcrypt' && !isBcrypt(hash))
    throw DomainError.invalid(
      'hash',
      'hash must be like $2b$10$… of 60 characters, complete and as bcrypt writes it, with a cost of 4 to 12',
    );
  if (algorithm === 'argon2' && !isArgon2(hash))
    throw DomainError.invalid(
      'hash',
      'hash must be like $argon2id$v=19$m=65536,t=3,p=4$…, with m up to 65536, t up to 10, p up to 4, complete salt and hash',
    );
  return { kind: 'prefix', algorithm, hash, lookupPrefix };
}

function isBcrypt(hash: string): boolean {
  const cost = Number(BCRYPT.exec(hash)?.[1]);
  return cost >= BCRYPT_COST.min && cost <= BCRYPT_COST.max;
}

function isArgon2(hash: string): boolean {
  const [, memory, time, parallelism, ...encoded] = ARGON2.exec(hash) ?? [];
  const [memoryKib = NaN, passes = NaN, lanes = NaN] = [memory, time, parallelism].map(Number);
  return (
    encoded.every(isWholeBase64) &&
    memoryKib >= 8 * lanes &&
    memoryKib <= ARGON2_MAX.memoryKib &&
    passes <= ARGON2_MAX.passes &&
    lanes <= ARGON2_MAX.lanes
  );
}

/** Whether a text without padding is one that bytes are encoded to: no character is missing, and no spare bit set. */
const isWholeBase64 = (text: string): boolean =>
  Buffer.from(text, 'base64').toString('base64').replace(/=+$/, '') === text;
