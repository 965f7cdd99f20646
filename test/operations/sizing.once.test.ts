/** Guarantees of the sizes in docs/operations.md: they are what bench/RESULTS.md has measured, rounded. */

import { readFileSync } from 'node:fs';

const RESULTS = readFileSync('bench/RESULTS.md', 'utf8');
const [, GUIDE = ''] = readFileSync('docs/operations.md', 'utf8').split('## How large a machine');

/** The number that a pattern finds in the results. */
const measured = (pattern: RegExp): number => {
  const [, figure] = pattern.exec(RESULTS) ?? [];
  expect([String(pattern), figure]).toEqual([String(pattern), expect.stringMatching(/^[\d,]+$/)]);
  return Number(figure?.replaceAll(',', ''));
};
/** A figure as the guide writes it. */
const rounded = (figure: number, to: number): string => (Math.round(figure / to) * to).toLocaleString('en-US');

describe('How large a machine', () => {
  it.each([
    ['check', /`GET \/api\/v1\/keys\/check` +\| +([\d,]+)/, 1000, '# a second (`/keys/check`)'],
    ['verify', /`POST \/api\/v1\/keys\/verify` +\| +([\d,]+)/, 1000, '# (`/keys/verify`)'],
    ['memory of a key', /at ([\d,]+) bytes of the heap each/, 50, 'at about # bytes each'],
    ['keys remembered', /The keyring remembers ([\d,]+) keys/, 1, '# (`KEYRING_MAX_KEYS`)'],
    ['keys read', /^\| 1,000,000 \| +([\d,]+)/m, 100, '# a second, of 1,000 keys as of 1,000,000'],
    ['keys read on SQLite', /^\| cold verifications +\| +([\d,]+)/m, 1000, '# a second on SQLite'],
    ['creations by few', /^\| +10 \| +([\d,]+) \|/m, 100, '| # to '],
    ['creations by many', /^\| +50 \| +([\d,]+) \|/m, 100, ' to # a second on MariaDB'],
    ['creations on SQLite', /^\| creations, 50 clients, synced \| +([\d,]+)/m, 100, 'MariaDB, # on SQLite'],
  ])('states for %s what was measured', (_, pattern, to, text) => {
    expect(GUIDE).toContain(text.replace('#', rounded(measured(pattern), to)));
  });
});
