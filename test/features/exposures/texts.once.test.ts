/** Guarantee Q8: a reported leak is found in any text around it. */

import { report, sourceOf } from '../../support/exposures.js';
import { bcryptRow, foreignKey, importLines, sha256Row } from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What keys are found in. */
const AROUND: Record<string, (key: string) => string> = {
  nothing: (key) => key,
  spaces: (key) => `  ${key}\n`,
  quotes: (key) => `"${key}"`,
  'single quotes': (key) => `'${key}'`,
  backticks: (key) => `\`${key}\``,
  'a header': (key) => `Authorization: Bearer ${key}`,
  'a scheme': (key) => `bearer ${key}`,
  'a header of its own': (key) => `X-API-Key:${key}`,
  'Basic without a password': (key) => `Authorization: Basic ${base64(`${key}:`)}`,
  'a URL': (key) => `https://x.example/?key=${key}`,
  'a URL with more': (key) => `https://x.example/a?b=c&api_key=${key}&d=e#f`,
  'an encoded URL': (key) => `https://x.example/?next=${encodeURIComponent(`https://y.example/?key=${key}&z=1`)}`,
  'the user of a URL': (key) => `https://${encodeURIComponent(key)}@x.example/`,
  JSON: (key) => JSON.stringify({ a: 1, key, b: [key] }),
  'JSON within JSON': (key) => JSON.stringify({ body: JSON.stringify({ key }) }),
  'a line of code': (key) => `const client = new Client('${key}', { retries: 3 });`,
  'a setting': (key) => `export KEYWRIGHT_KEY=${key} # of production`,
  YAML: (key) => `- key: ${key}`,
  'a command': (key) => `curl -H "Authorization: Bearer ${key}" https://x.example/ | jq .`,
  Markdown: (key) => `See [this](https://x.example/${key}), or \`${key}\`.`,
  'a sentence': (key) => `My key is ${key}.`,
  HTML: (key) => `<input value="${key}">`,
  XML: (key) => `<key>${key}</key>`,
  'other letters': (key) => `Schlüssel:「${key}」`,
  'a row of a table': (key) => `1,"Ada",${key},true`,
  'a diff': (key) => `+KEY=${key}`,
};

const KINDS = ['full key', 'pair', 'personal pair', 'imported key', 'imported key with signs', 'bcrypt key'] as const;

describe('reports of texts that hold a key', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start({ EXPOSURE_RATE_LIMIT_PER_MINUTE: '0' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const create: Record<(typeof KINDS)[number], () => Promise<{ id: string; text: string }>> = {
    'full key': async () => {
      const { id, fullKey } = await server.newFullKey(user, application);
      return { id, text: fullKey };
    },
    pair: async () => {
      const { id, apikey, apisecret } = await server.newPair(user);
      return { id, text: `${apikey}:${apisecret}` };
    },
    'personal pair': async () => {
      const { key, basic } = await server.newPersonalKey(user);
      return { id: key, text: basic };
    },
    'imported key': () => imported(foreignKey()),
    'imported key with signs': () => imported(`${foreignKey().slice(0, 30)}.a-b_c:d/e+f`),
    'bcrypt key': () => imported(foreignKey(), true),
  };
  let count = 0;
  const imported = async (text: string, isSlow = false): Promise<{ id: string; text: string }> => {
    const externalId = `ext-${(count += 1)}`;
    await importLines(server, user, [
      isSlow ? await bcryptRow(text, { externalId }, 4) : sha256Row(text, { externalId }),
    ]);
    const { text: lines } = await server.call('GET', '/api/v1/api-keys/export', { token: user.token });
    const line = lines.split('\n').find((each) => each.includes(`"${externalId}"`)) ?? '{}';
    return { id: (JSON.parse(line) as { id: string }).id, text };
  };

  it.each(KINDS.flatMap((kind) => Object.keys(AROUND).map((around) => [kind, around] as const)))(
    'Q8: finds a %s in %s',
    async (kind, around) => {
      const { id, text } = await create[kind]();
      expect((await report(server, [AROUND[around]?.(text)])).status).toBe(202);
      expect(await sourceOf(server, id)).toBe('report');
    },
  );

  it('Q8: finds a pair whose halves are apart', async () => {
    for (const wrap of [
      (key: string, secret: string) => JSON.stringify({ apikey: key, apisecret: secret }),
      (key: string, secret: string) => `https://x.example/?key=${key}&secret=${secret}`,
      (key: string, secret: string) => `https://${key}:${secret}@x.example/`,
      (key: string, secret: string) => `KEY=${key.toUpperCase()}\nSECRET=${secret.toUpperCase()}`,
    ]) {
      const { id, apikey, apisecret } = await server.newPair(user);
      await report(server, [wrap(apikey, apisecret)]);
      expect(await sourceOf(server, id)).toBe('report');
    }
  });

  it('finds nothing in a text that holds a part of a key, or more than one', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    for (const text of [fullKey.slice(0, -1), `${fullKey}x`, `"${fullKey.slice(1)}"`, fullKey.replace('_', '')])
      await report(server, [text]);
    expect(await sourceOf(server, id)).toBeNull();
  });
});
