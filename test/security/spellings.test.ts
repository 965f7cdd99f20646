/** Guarantees of how values are spelt: ids in either case are found wherever an operation takes one, and times are read as RFC 3339 writes them. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestOptions } from '../support/http.js';
import { foreignKey, importLines, sha256Row } from '../support/imports.js';
import { leastOf, OPERATIONS, resolved, type Operation, type Schema } from '../support/operations.js';
import { isForEndUsers, newPortal, type TestPortal } from '../support/portal.js';
import { isForVerifiers, newVerifier, type TestVerifier } from '../support/verifiers.js';
import { TestServer, type Pair, type PersonalKey, type User } from '../support/server.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT/;

/** Path parameters that are no UUIDs. */
const OTHER_IDS =
  /^\/confirm\/|^\/api\/v1\/second-factor\/passkeys\/|^\/api\/v1\/shared-limits\/|^\/api\/v1\/housekeeping\//;

/** What a body must hold, where nothing of it is required by itself. */
const BODY: Record<string, object> = { '/api/v1/merchants/{id}': { status: 'active' } };

interface Parameter {
  name: string;
  in: string;
  schema?: Schema & { examples?: unknown[] };
  example?: unknown;
}

const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, { parameters?: Parameter[] }>>;
};

/** The names of an operation's query parameters and body properties whose example is one of these. */
function placesOf({ method, path, body }: Operation, example: RegExp): { query: string[]; body: string[] } {
  const parameters = paths[path]?.[method.toLowerCase()]?.parameters ?? [];
  const fields = (schema: Schema, parent: string): string[] =>
    Object.entries(resolved(schema).properties ?? {}).flatMap(([name, its]) => {
      const isOne = example.test(String([its.example].flat()[0]));
      return [...(isOne ? [parent + name] : []), ...fields(its.items ?? its, `${parent}${name}.`)];
    });
  return {
    query: parameters
      .filter(({ in: place, example: own, schema }) => {
        const shown = own ?? schema?.example ?? schema?.examples?.[0];
        return place === 'query' && example.test(String(shown));
      })
      .map(({ name }) => name),
    body: body ? fields(body, '') : [],
  };
}

const put = (path: string, value: unknown): object => {
  const [first = '', ...rest] = path.split('.');
  return { [first]: rest.length === 0 ? value : put(rest.join('.'), value) };
};

describe('spellings', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const key = async (): Promise<string> => (await server.newFullKey(user, application)).id;
  const webhook = async (): Promise<string> => {
    const json = { url: 'https://93.184.216.34/', events: ['webhook.paused'] };
    return (await server.call('POST', '/api/v1/webhooks', { token: user.token, json })).body.id;
  };
  let personal: PersonalKey | undefined;
  let verifier: TestVerifier | undefined;
  let portal: TestPortal | undefined;
  /** What the ids in a path name, each time a new one. */
  const THINGS: [RegExp, () => Promise<string>][] = [
    [/^\/api\/v1\/merchants\//, async () => (await server.newMerchant()).merchantId],
    [/^\/api\/v1\/members\//, async () => (await server.newMember(user, 'readSome')).uuid],
    [
      /^\/api\/v1\/sessions\//,
      async () => {
        const { token } = await server.logIn(user.email, user.password);
        const { body } = await server.call('GET', '/api/v1/sessions', { token });
        return body.items.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent).id;
      },
    ],
    [/^\/api\/v1\/applications\//, async () => server.newApplication(user)],
    [/^\/api\/v1\/api-keys\//, key],
    [/^\/api\/clients\/api-keys\//, async () => (await server.newPair(user)).id],
    [/^\/apikeys\//, async () => (await server.newPersonalKey(user)).key],
    [
      /^\/api\/v1\/import-formats\//,
      async () => {
        await importLines(server, user, [sha256Row(foreignKey())]);
        const { body } = await server.call('GET', '/api/v1/import-formats', { token: user.token });
        return body.items[0].id;
      },
    ],
    [/^\/api\/v1\/webhooks\//, webhook],
    [
      /^\/api\/v1\/verifiers\//,
      async () => {
        verifier = await newVerifier(server, user);
        return verifier.id;
      },
    ],
    [
      /^\/api\/v1\/portal-sessions\//,
      async () => {
        portal = await newPortal(server, user);
        return portal.id;
      },
    ],
    [
      /^\/api\/v1\/portal\/keys\//,
      async () => {
        portal = await newPortal(server, user);
        return portal.key;
      },
    ],
  ];

  const credential = (operation: Operation): RequestOptions => {
    if (isForVerifiers(operation)) return { token: verifier?.key };
    if (isForEndUsers(operation)) return { token: portal?.token };
    const { path } = operation;
    return path.endsWith('/key')
      ? { basic: personal?.basic ?? '' }
      : { token: path.startsWith('/api/v1/merchants') ? server.admin.token : user.token };
  };

  const WITH_IDS = OPERATIONS.filter(({ path }) => path.includes('{') && !OTHER_IDS.test(path));

  it.each(WITH_IDS)('G3: $method $path finds ids in capitals', async (operation) => {
    const { method, path, body, contentType } = operation;
    // A delivery can only be awaited; its id is read by the same rule.
    if (path.includes('{deliveryId}')) return;
    personal ??= await server.newPersonalKey(user);
    const [, create] = THINGS.find(([prefix]) => prefix.test(path)) ?? [];
    if (!create) throw new Error(`No thing for ${path}`);
    const id = await create();
    const keyId = path.includes('/api-keys/{keyId}')
      ? (await server.newFullKey(user, path.startsWith('/api/v1/api-keys') ? application : id)).id
      : id;
    const url = path.replace('{keyId}', keyId.toUpperCase()).replace(/\{\w+\}/, id.toUpperCase());
    const json = body && contentType === 'application/json' ? (BODY[path] ?? leastOf(body)) : undefined;
    const known = await server.call(method, url, { ...credential(operation), json });
    const unknown = await server.call(
      method,
      path.replaceAll(/\{\w+\}/g, () => randomUUID()),
      {
        ...credential(operation),
        json,
      },
    );
    expect([403, 404]).toContain(unknown.status);
    expect(known.status).not.toBe(unknown.status);
  });

  describe('of ids in queries and bodies', () => {
    let ids: Record<string, string>;
    let keys: { id: string; fullKey: string }[];
    let pairs: Pair[];
    beforeAll(async () => {
      const colleague = await server.newMember(user, 'user');
      ids = { application, merchant: user.merchantId, account: user.uuid, colleague: colleague.uuid };
      keys = [await server.newFullKey(user, application), await server.newFullKey(user, application)];
      pairs = [await server.newPair(user), await server.newPair(user), await server.newPair(user)];
    });

    /** By operation and name: what is named, or what else the body must hold. */
    const QUERIES: Record<string, string> = {
      application: 'application',
      merchantId: 'merchant',
      merchant: 'merchant',
      actorId: 'account',
      targetId: 'account',
      responsibleId: 'colleague',
    };

    const reads = OPERATIONS.filter(({ method }) => method === 'GET').flatMap((operation) =>
      [...placesOf(operation, UUID).query, ...operation.query.filter((name) => name in QUERIES)]
        .filter((name, index, all) => all.indexOf(name) === index)
        .map((name) => ({ ...operation, name })),
    );

    it.each(reads)('G3: $method $path takes $name in either case', async ({ method, path, name, requiredQuery }) => {
      const id = ids[QUERIES[name] ?? ''];
      if (id === undefined) throw new Error(`No thing for ${name}`);
      const options = { token: path.endsWith('/check') ? (keys[0]?.fullKey ?? '') : user.token };
      const shared = '/api/v1/shared-limits/cus_1';
      await server.call('PUT', shared, { token: user.token, json: { rateLimits: [{ limit: 5, windowSeconds: 1 }] } });
      // Between two answers nothing may be written that they count.
      await server.sealed();
      await server.flushed();
      const answers = [];
      for (const spelt of [id, id.toUpperCase()]) {
        const query = new URLSearchParams({ ...requiredQuery, [name]: spelt }).toString();
        const url = `${path.replace('{externalId}', 'cus_1')}?${query}`;
        const { status, text } = await server.call(method, url, options);
        // Counts say when they were made.
        answers.push([status, text.replace(/\d{4}-\d\d-\d\dT[^"&]+Z/g, 'a time')]);
      }
      expect(answers[0]?.[0]).toBeLessThan(300);
      expect(answers[1]).toEqual(answers[0]);
    });

    const BODIES: Record<string, (spell: (id: string) => string, index: number) => [object, object]> = {
      'DELETE /api/clients/api-keys/bulk': (spell, index) => [
        { api_key_ids: [spell(pairs[index]?.id ?? '')] },
        { data: { deleted: [{}], failed: [] } },
      ],
      'POST /api/v1/api-keys/bulk-disable': (spell) => [
        { ids: [spell(keys[1]?.id ?? '')], expectedCount: 1 },
        { results: [{ id: keys[1]?.id, status: 200 }] },
      ],
      'POST /api/v1/webhooks': (spell) => [
        { url: 'https://93.184.216.34/', events: ['webhook.paused'], applicationId: spell(application) },
        { applicationId: application },
      ],
      'POST /api/v1/portal-sessions': (spell) => [
        { externalId: 'cus_1', allow: ['list'], applicationId: spell(application) },
        { applicationId: application },
      ],
      'POST /api/v1/keys/verify': (spell) => [
        { key: keys[0]?.fullKey, applicationId: spell(application), merchant: spell(user.merchantId) },
        { outcome: 'VALID' },
      ],
      'POST /api/v1/keys/verify/batch': (spell) => [
        { keys: [{ key: keys[0]?.fullKey, applicationId: spell(application), merchant: spell(user.merchantId) }] },
        { results: [{ outcome: 'VALID' }] },
      ],
      'POST /api/v1/api-keys/import': (spell) => [
        {
          format: { prefix: 'acme_live_' },
          keys: [sha256Row(foreignKey(), { applicationId: spell(application) })],
        },
        { imported: 1 },
      ],
    };

    it.each(Object.entries(BODIES))('G3: %s takes ids in either case', async (operation, bodyFor) => {
      const [method = '', path = ''] = operation.split(' ');
      for (const [index, spell] of [(id: string) => id, (id: string) => id.toUpperCase()].entries()) {
        const [json, expected] = bodyFor(spell, index);
        const { status, body } = await server.call(method, path, { token: user.token, json });
        expect(status).toBeLessThan(300);
        expect(body).toMatchObject(expected);
      }
    });

    it('knows a body for every operation that takes ids, or for one like it', () => {
      const LIKE: Record<string, string> = {
        'POST /api/v1/api-keys/bulk-revoke': 'POST /api/v1/api-keys/bulk-disable',
        'POST /api/v1/api-keys/bulk-enable': 'POST /api/v1/api-keys/bulk-disable',
        'POST /api/v1/verifiers/verifications': 'POST /api/v1/keys/verify/batch',
      };
      const missing = OPERATIONS.filter((operation) => placesOf(operation, UUID).body.length > 0)
        .map(({ method, path }) => `${method} ${path}`)
        .filter((name) => !((LIKE[name] ?? name) in BODIES));
      expect(missing).toEqual([]);
    });

    it('G3: leaves an external id as it is, also one that looks like an id', async () => {
      const id = randomUUID();
      const call = (method: string, externalId: string, json?: object) =>
        server.call(method, `/api/v1/shared-limits/${externalId}`, { token: user.token, json });
      expect((await call('PUT', id.toUpperCase(), { quota: { limit: 5, period: 'day' } })).status).toBe(200);
      expect((await call('GET', id)).status).toBe(404);
      expect((await call('GET', id.toUpperCase())).body.externalId).toBe(id.toUpperCase());
    });

    it('G3: takes the key of a pair in either case', async () => {
      const pair = await server.newPersonalKey(user);
      const basic = `${pair.key.toUpperCase()}:${pair.secret}`;
      expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(200);
      expect((await server.call('GET', '/api/v1/keys/check', { basic })).status).toBe(204);
    });
  });

  describe('of times', () => {
    const READ: [string, string][] = [
      ['2030-12-01T00:00:00.123456+00:00', '2030-12-01T00:00:00.123Z'],
      ['2030-12-01T00:00:00.123999999999999999Z', '2030-12-01T00:00:00.123Z'],
      ['2030-12-01t00:00:00z', '2030-12-01T00:00:00.000Z'],
      ['2030-12-01T00:00:00.1Z', '2030-12-01T00:00:00.100Z'],
      ['2030-12-01T00:00:00+14:00', '2030-11-30T10:00:00.000Z'],
      ['2030-12-01T00:00:00-23:59', '2030-12-01T23:59:00.000Z'],
      ['2030-12-01T00:00:00-00:00', '2030-12-01T00:00:00.000Z'],
      ['2030-12-31T23:59:60Z', '2031-01-01T00:00:00.000Z'],
      ['2031-01-01T00:59:60.5+01:00', '2031-01-01T00:00:00.000Z'],
      ['2030-12-31', '2030-12-31T23:59:59.999Z'],
      ['2032-02-29', '2032-02-29T23:59:59.999Z'],
    ];
    const REFUSED = [
      '2030-12-31T24:00:00Z',
      '2030-12-31T23:60:00Z',
      '2030-12-30T23:59:60Z',
      '2030-12-31T22:59:60Z',
      '2030-12-31T23:59:61Z',
      '2030-12-01T00:00:00+24:00',
      '2030-12-01T00:00:00+01:60',
      '2030-12-01T00:00:00',
      '2030-12-01T00:00:00.Z',
      '2030-12-01T00:00:00,5Z',
      '2030-02-29',
      '2030-02-30T00:00:00Z',
      '2030-13-01',
      '20301201T000000Z',
      '+002030-12-01T00:00:00Z',
      '1922400000000',
      'tomorrow',
      '',
    ];

    it.each(READ)('G3: reads %s as %s, wherever a key is given its end', async (expiresAt, expected) => {
      const { body } = await server.call('POST', `/api/v1/applications/${application}/api-keys`, {
        token: user.token,
        json: { description: 'A key', expiresAt },
      });
      const stored = await server.call('GET', `/api/v1/api-keys/${body.id}`, { token: user.token });
      expect(stored.body.expiresAt).toBe(expected);
    });

    const places = OPERATIONS.flatMap((operation) => {
      const { query, body } = placesOf(operation, TIME);
      const named = operation.query.filter((name) => /^(from|to)$|(After|Before)$/.test(name));
      return [
        ...[...new Set([...query, ...named])].map((name) => ({ ...operation, where: 'query', name })),
        ...body.map((name) => ({ ...operation, where: 'body', name })),
      ];
    });

    it.each(places)('G3: $method $path reads $name in the $where as RFC 3339 writes it', async (place) => {
      const { method, path, where, name, body } = place;
      const id = await key();
      const url = path.replace('/{keyId}', `/${id}`).replace('{id}', application);
      const isImport = path.endsWith('/import');
      const field = name.split('.').at(-1) ?? '';
      const send = async (time: string): Promise<string> => {
        if (isImport) {
          const { body: report } = await importLines(server, user, [sha256Row(foreignKey(), { [field]: time })]);
          return JSON.stringify(report);
        }
        const query = where === 'query' ? `?${name}=${encodeURIComponent(time)}` : '';
        const json = where === 'body' && body ? { ...(leastOf(body) as object), ...put(name, time) } : undefined;
        const { status, text } = await server.call(method, url + query, { token: user.token, json });
        expect(status).not.toBe(404);
        return text;
      };
      const problem = `${field} must be a date or a time`;
      for (const [time] of READ) expect([time, await send(time)]).not.toEqual([time, expect.stringContaining(problem)]);
      for (const time of REFUSED) expect([time, await send(time)]).toEqual([time, expect.stringContaining(problem)]);
    });

    it('G3: takes a date alone as an end with all of its day', async () => {
      const today = new Date(server.clock.nowMs()).toISOString().slice(0, 10);
      const own = await server.newApplication(user);
      const made = (await server.newFullKey(user, own)).id;
      const list = async (query: string): Promise<string> =>
        (await server.call('GET', `/api/v1/api-keys?application=${own.toUpperCase()}&${query}`, { token: user.token }))
          .text;
      expect(await list(`createdAfter=${today}&createdBefore=${today}`)).toContain(made);
      expect(await list(`createdBefore=${today}T00:00:00Z`)).not.toContain(made);
      await server.sealed();
      const audit = await server.call(
        'GET',
        `/api/v1/audit-events?targetId=${made.toUpperCase()}&from=${today}&to=${today}`,
        {
          token: user.token,
        },
      );
      expect(audit.text).toContain(made);
    });
  });
});
