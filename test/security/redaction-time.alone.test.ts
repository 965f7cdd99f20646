/** Guarantee: redacting a log line takes time by its length, whoever has written what is in it. Runs alone because it measures time. */

import { redact } from '../../src/platform/observability/logs/redaction.js';

const MEBIBYTE = 1024 * 1024;

/** Beginnings of what is redacted, with what keeps each pattern looking for an end. */
const HOSTILE = [
  ...['ks_live_', 'ks_live_ks_live_x', 'Bearer ', 'Bearer Bearer', 'Basic ', 'whsec_', 'whsec_ ', '0123456789abcdef'],
  ...['eyJ', 'eyJ.', 'eyJa.b', 'a.eyJ', 'a', 'a.', 'cookie: ', 'set-cookie: a;', 'authorization: ', 'x_secret'],
  ...['password', 'password=', 'password="', "password='", 'password=" \\"', 'secret=[', 'secret=["', 'secret=[ \\"'],
  ...['secret=["a",', 'secret=["secret=["', 'token":[', 'token:\\"', 'token:\\\\"', 'token=\\\\\\"', 'token="a\\'],
  ...[
    'token=[[',
    'token=[["',
    '_token',
    'a_',
    '%3D',
    '%3Dtoken%3D',
    'token=\u001b[31m',
    '\\',
    '\\"',
    '"',
    ' ',
    'a://',
    'a://b:',
  ],
];

/** The shortest of three times, in milliseconds. */
function timeOf(text: string): number {
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    redact(text);
    return performance.now() - start;
  });
  return Math.min(...times);
}

describe('redaction', () => {
  it.each(HOSTILE)('of a mebibyte of %j takes about four times as long as of a quarter', (piece) => {
    const lengthen = (length: number): string => `${piece.repeat(Math.ceil(length / piece.length))} eyJ`;
    const quarterMs = timeOf(lengthen(MEBIBYTE / 4));
    const wholeMs = timeOf(lengthen(MEBIBYTE));
    // By the square of the length, it would be sixteen times.
    expect(wholeMs).toBeLessThan(Math.max(10 * quarterMs, 300));
    expect(wholeMs).toBeLessThan(1500);
  });
});
