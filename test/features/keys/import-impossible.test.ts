/** Guarantee of imports: a row that no key of its format can ever match is not imported, and the report says why. */

import { createHmac } from 'node:crypto';
import { hash as argon2 } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import {
  bcryptRow,
  foreignKey,
  importText,
  ndjson,
  outcomeOf,
  sha256,
  sha256Row,
  type Row,
} from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The text with another character in a place, which stands for the same bits and a spare one. */
const withSpareBit = (text: string, at: number, alphabet: string): string => {
  const other = alphabet.charAt(alphabet.indexOf(text.charAt(at)) ^ 1);
  return text.slice(0, at) + other + text.slice(at + 1);
};

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

describe('an import of what can never verify', () => {
  let server: TestServer;
  let user: User;
  let key: string;
  let argon: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    key = foreignKey();
    argon = await argon2(key, { memoryCost: 8, timeCost: 1, parallelism: 1 });
  });
  afterAll(() => server.stop());

  const send = async (format: Row, row: Row) =>
    (await importText(server, user, ndjson({ format: { prefix: 'acme_live_', ...format } }, row))).body;
  const refusal = (field: string, message: string) => ({
    imported: 0,
    failed: 1,
    results: [{ line: 2, status: 400, details: [{ field, message: expect.stringContaining(message) }] }],
  });

  it.each([73, 94, 500])('refuses bcrypt for keys of %d characters, of which it hashes 72', async (length) => {
    const row = await bcryptRow(foreignKey('acme_live_', length));
    expect(await send({ length }, row)).toMatchObject(refusal('algorithm', '72 characters'));
  });

  it('refuses bcrypt for keys that have more than 72 characters by their prefix alone', async () => {
    const prefix = 'p'.repeat(61);
    const row = await bcryptRow(key, { lookupPrefix: prefix });
    expect(await send({ prefix }, row)).toMatchObject(refusal('algorithm', '72 characters'));
  });

  it('takes bcrypt for keys of 72 characters, and argon2 for longer ones, and both verify', async () => {
    const longest = foreignKey('acme_live_', 72);
    expect(await send({ length: 72 }, await bcryptRow(longest))).toMatchObject({ imported: 1 });
    expect(await outcomeOf(server, longest)).toBe('VALID');
    const longer = foreignKey('acme_live_', 94);
    const hash = await argon2(longer, { memoryCost: 8, timeCost: 1, parallelism: 1 });
    expect(
      await send(
        { length: 94 },
        { ...(await bcryptRow(key)), lookupPrefix: longer.slice(0, 20), hash, algorithm: 'argon2' },
      ),
    ).toMatchObject({ imported: 1 });
    expect(await outcomeOf(server, longer)).toBe('VALID');
  });

  it.each([24, 23])('refuses a lookup prefix that is no shorter than the key of %d characters', async (length) => {
    const row = await bcryptRow(key, { lookupPrefix: key.slice(0, 24) });
    expect(await send({ length }, row)).toMatchObject(refusal('lookupPrefix', 'shorter than format.length'));
  });

  it('refuses a lookup prefix without the prefix of the format', async () => {
    const row = await bcryptRow(key, { lookupPrefix: 'other_live_1234' });
    expect(await send({}, row)).toMatchObject(refusal('lookupPrefix', 'begin with format.prefix'));
  });

  it('refuses bcrypt hashes that bcrypt does not write', async () => {
    const row = await bcryptRow(key);
    const good = String(row.hash);
    const bad = [
      withSpareBit(good, 28, ALPHABET),
      withSpareBit(good, 59, ALPHABET),
      good.slice(0, -1),
      `${good}.`,
      good.replace('$2b$', '$2x$'),
    ];
    for (const hash of bad) {
      expect(await bcrypt.compare(key, hash).catch(() => false)).toBe(false);
      expect([hash, await send({}, { ...row, hash })]).toMatchObject([hash, refusal('hash', 'hash must be like')]);
    }
  });

  it('refuses argon2 hashes that cannot be decoded', async () => {
    const row = { ...(await bcryptRow(key)), algorithm: 'argon2' };
    const [, ...parts] = argon.split('$');
    const [algorithm, version, cost, salt = '', digest = ''] = parts;
    const bad = [
      [salt, withSpareBit(digest, digest.length - 1, BASE64)],
      [withSpareBit(salt, salt.length - 1, BASE64), digest],
      [salt, digest.slice(0, 41)],
      [salt, `${digest}=`],
      [salt.slice(0, 21), digest],
    ];
    for (const [badSalt, badDigest] of bad) {
      const hash = ['', algorithm, version, cost, badSalt, badDigest].join('$');
      expect([hash, await send({}, { ...row, hash })]).toMatchObject([hash, refusal('hash', 'hash must be like')]);
    }
  });

  it.each(['', 'undefined', 'null', '[object Object]'])('refuses the hash of %j, which is no key', async (word) => {
    expect(await send({}, sha256Row(word))).toMatchObject(refusal('hash', `hash of "${word}"`));
    const hash = createHmac('sha256', 'pepper').update(word).digest('hex');
    const row = { ...sha256Row(key), hash, algorithm: 'hmac-sha256' };
    expect(await send({ pepper: 'pepper' }, row)).toMatchObject(refusal('hash', `hash of "${word}"`));
  });

  it.each([
    ['hex', 'pepper'],
    ['hex', 'abc'],
    ['base64', 'a'],
    ['base64', 'ab_d'],
    ['base64url', 'ab+d'],
  ])('refuses a pepper that is not in its encoding: %s %s', async (pepperEncoding, pepper) => {
    const row = { ...sha256Row(key), hash: sha256(key), algorithm: 'hmac-sha256' };
    expect(await send({ pepper, pepperEncoding }, row)).toMatchObject({
      code: 400,
      details: [{ field: 'format.pepper' }],
    });
  });

  it.each([
    ['hex', '00fF'],
    ['base64', 'ab+/'],
    ['base64', 'YQ=='],
    ['base64url', 'YQ'],
    ['base64url', 'ab-_'],
  ] as const)('takes a pepper in its encoding: %s %s', async (pepperEncoding, pepper) => {
    const own = foreignKey();
    const hash = createHmac('sha256', Buffer.from(pepper, pepperEncoding)).update(own).digest('hex');
    const row = { ...sha256Row(own), hash, algorithm: 'hmac-sha256' };
    const prefix = own.slice(0, 14);
    expect(await send({ prefix, pepper, pepperEncoding }, row)).toMatchObject({ imported: 1 });
    expect(await outcomeOf(server, own)).toBe('VALID');
  });
});
