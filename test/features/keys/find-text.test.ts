/** Guarantees of searches by text: they find what was typed, whatever letters it holds, on every engine alike, in lists and in bulk filters. */

import { aKey, insertKeys } from '../../support/keys.js';
import { TestServer, type User } from '../../support/server.js';

/** A name, and what finds it. */
const FOUND: [name: string, ...typed: string[]][] = [
  ['Österreich', 'Österreich', 'österreich', 'ÖSTERREICH', 'Ö', 'O\u0308sterreich'],
  ['Wo\u0308rgl decomposed', 'Wörgl', 'WÖRGL', 'wo\u0308RGL dec'],
  ['Große Straße', 'Straße', 'STRAẞE', 'große'],
  ['İstanbul', 'İstanbul', 'istanbul', 'ISTANBUL', 'ıstanbul'],
  ['ΣΊΣΥΦΟΣ', 'ΣΊΣΥΦΟΣ', 'σίσυφος', 'Σίσυφοσ'],
  ['Ёлка и Київ', 'ёлка', 'ЁЛКА', 'київ', 'КИЇВ'],
  ['Ærø Ǆ Ÿ', 'ærØ', 'ǆ ÿ', 'ǅ'],
  ['東京 キー 🔑', '東京', '🔑', 'キー 🔑'],
  ['🏳\ufe0f\u200d🌈 Deseret 𐐀', '🏳\ufe0f\u200d🌈', '𐐨'],
  ['שלום عربي', 'שלום', 'عربي'],
  [
    '100%_*?[a-z]^]\\"\'()|.+$#{}~-- ;',
    '%_',
    '*?[',
    '[a-z]',
    '^]',
    '\\"',
    "'()",
    '|.+$',
    '#{}~',
    '-- ;',
    '?[A-Z]^',
    ']\\"\'',
  ],
  ['Kelvin \u212a and long \u017f', 'kelvin k', 'LONG S'],
];

/** What finds none of the names. */
const NOTHING = ['Osterreich', 'Strasse', '_%', 'a.z', '[^x]', '??', '**', '[b-y]', 'ё и', '\\x{d6}', '東.', '(?i)k'];

describe('searches by text', () => {
  let server: TestServer;
  let user: User;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    const keys = FOUND.map(([name]) => aKey(user, { name }));
    for (const { id, name } of keys) ids.set(name, id);
    await insertKeys(server, keys);
  });
  afterAll(() => server.stop());

  const list = async (q: string): Promise<string[]> => {
    const { body } = await server.call('GET', `/api/v1/api-keys?q=${encodeURIComponent(q)}`, { token: user.token });
    return body.items.map(({ id }: { id: string }) => id);
  };
  const bulk = async (q: string): Promise<string[]> => {
    const json = { filter: { q }, dryRun: true };
    const { body } = await server.call('POST', '/api/v1/api-keys/bulk-disable', { token: user.token, json });
    return body.keys.map(({ id }: { id: string }) => id);
  };
  const stream = async (q: string): Promise<string> =>
    (await server.call('GET', `/api/v1/api-keys/export?q=${encodeURIComponent(q)}`, { token: user.token })).text;

  it.each(FOUND.flatMap(([name, ...typed]) => typed.map((q) => [q, name])))('G6: %j finds %j', async (q, name) => {
    const id = ids.get(name) ?? '';
    expect(await list(q)).toContain(id);
    expect(await bulk(q)).toEqual(await list(q));
    expect(await stream(q)).toContain(id);
  });

  it.each(FOUND.map(([name]) => name))('G6: %j is found by itself alone', async (name) => {
    expect(await list(name)).toEqual([ids.get(name)]);
  });

  it.each(NOTHING)('G6: %j finds nothing', async (q) => {
    expect([await list(q), await bulk(q)]).toEqual([[], []]);
  });
});
