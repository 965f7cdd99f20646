/**
 * Guarantees of credentials: their shape, randomness and checksum; hashes under several peppers; authenticated encryption bound to the
 * key's id.
 */

import { randomUUID } from 'node:crypto';
import {
  formatFullKey,
  isIntact,
  issueClientPair,
  issueFullKey,
  issuePersonalPair,
  parseCredential,
  prefixOf,
  type Credential,
} from '../../src/api-keys/credentials/credential.js';
import { SecretCipher } from '../../src/platform/secrets/secret-cipher.js';
import { SecretHasher, type HashedSecret } from '../../src/api-keys/credentials/secret-hasher.js';
import { loadConfig } from '../../src/platform/config/config.js';

const [FIRST, SECOND, THIRD] = ['first', 'second', 'third'].map((name) => name.padEnd(40, '-')) as [
  string,
  string,
  string,
];

/** Both kinds of secrets of a server, newest first. */
const configWith = (...secrets: string[]) =>
  loadConfig({ JWT_SECRET: FIRST, KEY_PEPPERS: secrets.join(','), ENCRYPTION_KEYS: secrets.join(',') });

const pairOf = ({ publicId, secret }: Credential): string => `${publicId}:${secret}`;

const KINDS: [string, () => Credential, (credential: Credential) => string][] = [
  ['a live full key', () => issueFullKey('live'), formatFullKey],
  ['a test full key', () => issueFullKey('test'), formatFullKey],
  ['a client pair', issueClientPair, pairOf],
  ['a personal pair', issuePersonalPair, pairOf],
];

/** Whether the database would be asked for it. */
const isAccepted = (presented: string): boolean => {
  const credential = parseCredential(presented);
  return credential !== null && isIntact(credential);
};

/** Everything that a key on a keyboard could put in a character's place. */
const TYPED = Array.from({ length: 95 }, (_, code) => String.fromCharCode(32 + code));

const UUID_LENGTH = 36;

describe('credentials', () => {
  it('have the shapes that the contracts promise', () => {
    expect(formatFullKey(issueFullKey('live'))).toMatch(/^ks_live_[\dA-Za-z]{54}$/);
    expect(formatFullKey(issueFullKey('test'))).toMatch(/^ks_test_[\dA-Za-z]{54}$/);
    expect(pairOf(issueClientPair())).toMatch(/^[\da-f]{20}:[\da-f]{64}$/);
    expect(pairOf(issuePersonalPair())).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}:[\da-f]{64}$/);
  });

  it('show no more of a full key than its first 12 characters', () => {
    const credential = issueFullKey('live');
    expect(prefixOf(credential.publicId)).toBe(formatFullKey(credential).slice(0, 12));
  });

  it.each(KINDS)('of 10,000 times %s are all different, in each part, and can be parsed', (_, issue, write) => {
    const issued = Array.from({ length: 10_000 }, issue);
    expect(new Set(issued.map(({ publicId }) => publicId)).size).toBe(10_000);
    expect(new Set(issued.map(({ secret }) => secret)).size).toBe(10_000);
    const misread = issued.filter((credential) => {
      const parsed = parseCredential(write(credential));
      const isSame = parsed?.publicId === credential.publicId && parsed.secret === credential.secret;
      return !isSame || !isIntact(credential);
    });
    expect(misread).toEqual([]);
  });

  /** The key of a personal pair is a UUID, which is read in either case. */
  const isSameUuid = (typo: string, good: string): boolean =>
    good.charAt(UUID_LENGTH) === ':' && typo.slice(0, UUID_LENGTH).toLowerCase() + typo.slice(UUID_LENGTH) === good;

  it.each(KINDS)('fail with any wrong character in %s', (_, issue, write) => {
    for (let round = 0; round < 5; round += 1) {
      const good = write(issue());
      const accepted: string[] = [];
      for (let at = 0; at < good.length; at += 1) {
        const [before, after] = [good.slice(0, at), good.slice(at + 1)];
        const typos = [
          ...TYPED.filter((typed) => typed !== good[at]).map((typed) => before + typed + after),
          before + after,
          ...TYPED.map((typed) => before + typed + (good[at] ?? '') + after),
        ];
        accepted.push(...typos.filter((typo) => isAccepted(typo) && !isSameUuid(typo, good)));
      }
      expect(accepted).toEqual([]);
    }
  });

  it.each(KINDS)('fail with two transposed characters in %s', (_, issue, write) => {
    for (let round = 0; round < 20; round += 1) {
      const good = write(issue());
      const swapped = Array.from(
        { length: good.length - 1 },
        (__, at) => good.slice(0, at) + (good[at + 1] ?? '') + (good[at] ?? '') + good.slice(at + 2),
      );
      const accepted = swapped.filter((typo) => typo !== good && isAccepted(typo));
      expect(accepted).toEqual([]);
    }
  });

  it.each(KINDS)('fail when mixed from two times %s', (_, issue, write) => {
    expect(isAccepted(write({ publicId: issue().publicId, secret: issue().secret }))).toBe(false);
  });

  it('are parsed from the name of a Basic login', () => {
    const credential = issueFullKey('live');
    expect(parseCredential(`${formatFullKey(credential)}:`)).toEqual(credential);
    expect(parseCredential(`${formatFullKey(credential)}::`)).toBeNull();
    expect(parseCredential(`${formatFullKey(credential)}:x`)).toBeNull();
  });

  it.each(['', ':', 'ks_', 'ks_live_', 'a:b', ' ', '\0', '🔑:🔑', 'x'.repeat(100_000), ':'.repeat(100_000)])(
    'fail when malformed: %#',
    (garbage) => {
      expect(isAccepted(garbage)).toBe(false);
    },
  );

  it.each(KINDS)('fail with anything around %s', (_, issue, write) => {
    const good = write(issue());
    for (const typo of [`${good}\n`, `\n${good}`, `${good}\0`, `${good}${good}`, good.toUpperCase(), `Bearer ${good}`])
      expect(isAccepted(typo)).toBe(false);
  });
});

const matches = (hasher: SecretHasher, secret: string, hashed: HashedSecret) =>
  hasher.matches(secret, { ...hashed, merchantId: 'any' });

describe('hashes of secrets', () => {
  it('match their secret and no other', () => {
    const hasher = new SecretHasher(configWith(FIRST));
    const hashed = hasher.hash('secret');
    expect(matches(hasher, 'secret', hashed)).toBe(true);
    expect(matches(hasher, 'Secret', hashed)).toBe(false);
    expect(matches(hasher, '', hashed)).toBe(false);
    expect(matches(hasher, 'secret', { ...hashed, secretHash: '' })).toBe(false);
    expect(matches(hasher, 'secret', { ...hashed, secretHash: `${hashed.secretHash}0` })).toBe(false);
  });

  it('are valid under every pepper that the server still has', () => {
    const hashed = [FIRST, SECOND, THIRD].map((pepper) => new SecretHasher(configWith(pepper)).hash('secret'));
    const hasher = new SecretHasher(configWith(THIRD, SECOND));
    expect(new Set(hashed.map(({ secretHash }) => secretHash)).size).toBe(3);
    expect(hashed.map((one) => matches(hasher, 'secret', one))).toEqual([false, true, true]);
    expect(hashed.map((one) => matches(hasher, 'other', one))).toEqual([false, false, false]);
  });

  it('use the newest pepper, and are outdated under another one', () => {
    const hasher = new SecretHasher(configWith(SECOND, FIRST));
    const [older, newest] = [new SecretHasher(configWith(FIRST)), new SecretHasher(configWith(SECOND))];
    expect(hasher.hash('secret')).toEqual(newest.hash('secret'));
    expect(hasher.isOutdated(older.hash('secret'))).toBe(true);
    expect(hasher.isOutdated(newest.hash('secret'))).toBe(false);
  });

  it('are invalid under the id of another pepper', () => {
    const hasher = new SecretHasher(configWith(SECOND, FIRST));
    const older = new SecretHasher(configWith(FIRST)).hash('secret');
    expect(matches(hasher, 'secret', { ...older, pepperId: hasher.hash('secret').pepperId })).toBe(false);
    expect(matches(hasher, 'secret', { ...older, pepperId: 'unknown' })).toBe(false);
  });

  it('contain neither the secret nor the pepper', () => {
    const { secret } = issueClientPair();
    const { secretHash, pepperId } = new SecretHasher(configWith(FIRST)).hash(secret);
    expect([secretHash, pepperId]).toEqual([
      expect.stringMatching(/^[\da-f]{64}$/),
      expect.stringMatching(/^[\da-f]{8}$/),
    ]);
    expect(secret).not.toContain(secretHash);
    expect(Buffer.from(FIRST).toString('hex')).not.toContain(pepperId);
  });
});

describe('encrypted secrets', () => {
  const [id, otherId] = [randomUUID(), randomUUID()];

  it('decrypt to the secret, with another ciphertext every time', () => {
    const cipher = new SecretCipher(configWith(FIRST));
    const [one, other] = [cipher.encrypt('secret', id), cipher.encrypt('secret', id)];
    expect(one).not.toBe(other);
    expect([cipher.decrypt(one, id), cipher.decrypt(other, id)]).toEqual(['secret', 'secret']);
  });

  it('are bound to the id of their key', () => {
    const cipher = new SecretCipher(configWith(FIRST));
    expect(() => cipher.decrypt(cipher.encrypt('secret', id), otherId)).toThrow();
  });

  it('decrypt with an older key that the server still has, and with no other', () => {
    const encrypted = new SecretCipher(configWith(FIRST)).encrypt('secret', id);
    expect(new SecretCipher(configWith(THIRD, SECOND, FIRST)).decrypt(encrypted, id)).toBe('secret');
    expect(() => new SecretCipher(configWith(THIRD, SECOND)).decrypt(encrypted, id)).toThrow('No encryption key');
  });

  it('are encrypted with the newest key', () => {
    const encrypted = new SecretCipher(configWith(SECOND, FIRST)).encrypt('secret', id);
    expect(new SecretCipher(configWith(SECOND)).decrypt(encrypted, id)).toBe('secret');
  });

  it('fit their column', () => {
    const { secret } = issueClientPair();
    expect(new SecretCipher(configWith(FIRST)).encrypt(secret, id).length).toBeLessThanOrEqual(255);
  });

  it('fail to decrypt when any bit is changed', () => {
    const cipher = new SecretCipher(configWith(FIRST));
    const [keyId = '', ...parts] = cipher.encrypt('secret', id).split('.');
    const bytes = parts.map((part) => Buffer.from(part, 'base64url'));
    for (const part of bytes) {
      for (let bit = 0; bit < part.length * 8; bit += 1) {
        const at = bit >> 3;
        part.writeUInt8(part.readUInt8(at) ^ (1 << (bit & 7)), at);
        const changed = [keyId, ...bytes.map((one) => one.toString('base64url'))].join('.');
        expect(() => cipher.decrypt(changed, id)).toThrow();
        part.writeUInt8(part.readUInt8(at) ^ (1 << (bit & 7)), at);
      }
    }
    expect(cipher.decrypt([keyId, ...bytes.map((one) => one.toString('base64url'))].join('.'), id)).toBe('secret');
  });

  it('fail to decrypt with a truncated tag', () => {
    const cipher = new SecretCipher(configWith(FIRST));
    const [keyId, nonce, tag = '', sealed] = cipher.encrypt('secret', id).split('.');
    for (let bytes = 0; bytes < 16; bytes += 1) {
      const shorter = Buffer.from(tag, 'base64url').subarray(0, bytes).toString('base64url');
      expect(() => cipher.decrypt([keyId, nonce, shorter, sealed].join('.'), id)).toThrow();
    }
  });

  it.each(['', '.', '...', 'a.b.c.d', 'garbage'])('fail to decrypt when malformed: %j', (garbage) => {
    expect(() => new SecretCipher(configWith(FIRST)).decrypt(garbage, id)).toThrow();
  });
});
