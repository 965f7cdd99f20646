import { createHmac, hash } from 'node:crypto';
import { AFTER_PREFIX_MIN, KEY_LENGTH_MIN } from '../../credentials/imported/imported-credential.js';
import { BCRYPT_MAX } from '../../credentials/imported/slow-hashes.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import type { ImportFormatBody } from './formats/import-formats.dto.js';
import { readPepper } from './formats/read-format.js';
import type { FastHash, SlowHash } from './imported-hash.js';

/** What programs hash in place of a key that they lack. None of these is long enough to be a key. */
const WORDS = ['', 'undefined', 'null', 'None', 'nil', 'NaN', 'true', 'false', '0', '[object Object]', 'Bearer'];

/**
 * Makes sure that a key of the format can have the hash: one that never verifies must not look imported.
 *
 * @throws {DomainError} `request.invalid`
 */
export function assertCanMatch(format: ImportFormatBody, hashed: FastHash | SlowHash): void {
  if (hashed.kind !== 'prefix') assertNoWord(format, hashed);
  else assertFits(format, hashed);
}

const digestsOf = (digest: (word: string) => string): Map<string, string> =>
  new Map(WORDS.map((word) => [digest(word), word]));

const SHA256 = digestsOf((word) => hash('sha256', word, 'hex'));

/** The HMACs of the words, by the format whose pepper they have. */
const hmacs = new WeakMap<ImportFormatBody, Map<string, string>>();

function assertNoWord(format: ImportFormatBody, { kind, digest }: FastHash): void {
  const word = (kind === 'sha256' ? SHA256 : hmacsOf(format)).get(digest);
  if (word !== undefined)
    throw DomainError.invalid('hash', `hash must be that of a key; this is the hash of "${word}"`);
}

function hmacsOf(format: ImportFormatBody): Map<string, string> {
  let digests = hmacs.get(format);
  if (!digests) {
    const pepper = readPepper(format);
    digests = digestsOf((word) => createHmac('sha256', pepper).update(word).digest('hex'));
    hmacs.set(format, digests);
  }
  return digests;
}

function assertFits({ prefix, length }: ImportFormatBody, { algorithm, lookupPrefix }: SlowHash): void {
  if (length != null && lookupPrefix.length >= length)
    throw DomainError.invalid('lookupPrefix', 'lookupPrefix must be shorter than format.length');
  const shortest = length ?? Math.max(KEY_LENGTH_MIN, prefix.length + AFTER_PREFIX_MIN, lookupPrefix.length + 1);
  if (algorithm === 'bcrypt' && shortest > BCRYPT_MAX)
    throw DomainError.invalid(
      'algorithm',
      `algorithm bcrypt hashes the first ${BCRYPT_MAX} characters alone, and keys of this format have ${length ?? `at least ${shortest}`}: they could not be told apart`,
    );
}
