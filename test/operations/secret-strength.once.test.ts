/** Guarantees of the check of secrets: what a random generator makes passes, what a person makes up does not. */

import { createHash } from 'node:crypto';
import { BITS_MIN, estimateBits } from '../../src/platform/config/secret-strength.js';

/** Bytes as a random generator might have made them, but the same in every run. */
const bytesOf = (number: number, length: number): Buffer =>
  createHash('sha512').update(`secret ${number}`).digest().subarray(0, length);

describe('the strength of a secret', () => {
  it.each([
    'a'.repeat(32),
    'a'.repeat(5000),
    'ab'.repeat(16),
    'changeme'.repeat(4),
    'ChangeMe123!'.repeat(3),
    'changeme-changeme-changeme-changeme',
    'change-me-before-you-deploy-this-server',
    'ChangeMeBeforeYouDeployThisServer2026',
    'THIS_IS_THE_SECRET_OF_OUR_COMPANY_2026',
    'a secret that these tests know, too',
    'not-a-secret-because-nothing-is-stored',
    '12345678901234567890123456789012',
    '0123456789abcdef0123456789abcdef',
    '0123456789abcdef',
    'abcdefghijklmnopqrstuvwxyz012345',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef',
    'qwertyuiopasdfghjklzxcvbnmqwerty',
    `${'0'.repeat(31)}1`,
    'deadbeef'.repeat(8),
    'xyxyxxyyxyxyxyyxxyxyxyyxyxxyxyxy',
    '00112233445566778899aabbccddeeff'.slice(0, 16).repeat(2),
  ])('is too low for %j', (secret) => {
    expect(estimateBits(secret)).toBeLessThan(BITS_MIN);
  });

  it.each<[string, (bytes: Buffer) => string, number]>([
    ['openssl rand -hex 16', (bytes) => bytes.toString('hex'), 16],
    ['openssl rand -hex 32', (bytes) => bytes.toString('hex').toUpperCase(), 32],
    ['openssl rand -base64 24', (bytes) => bytes.toString('base64'), 24],
    ['openssl rand -base64 32', (bytes) => bytes.toString('base64'), 32],
    ['what the server generates', (bytes) => bytes.toString('base64url'), 32],
  ])('is enough for %s, 20,000 times', (_, write, length) => {
    const secrets = Array.from({ length: 20_000 }, (_each, number) => write(bytesOf(number, length)));
    expect(secrets.filter((secret) => estimateBits(secret) < BITS_MIN)).toEqual([]);
  });

  it('is estimated in time, whatever the length', () => {
    const start = performance.now();
    estimateBits('ab'.repeat(2000));
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
