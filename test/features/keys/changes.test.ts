/**
 * Guarantees for changes of a key: versions guard against lost updates, each change is effective from the next verification, and no change
 * gives a key more than its author has.
 */

import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import type { Answer } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const LOST = {
  error: 'Precondition Failed',
  message: 'The resource has changed since it was read; read it again',
  code: 412,
};

describe('changing a key', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let id: string;
  let fullKey: string;
  let paths: string[];
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  beforeEach(async () => {
    ({ id, fullKey } = await server.newFullKey(user, application));
    paths = [`/api/v1/applications/${application}/api-keys/${id}`, `/api/v1/api-keys/${id}`];
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, json?: object, ifMatch?: string): Promise<Answer> =>
    server.call(method, path, {
      token: user.token,
      json,
      headers: { ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
    });
  const patch = (json: object, ifMatch?: string) => call('PATCH', paths[1] ?? '', json, ifMatch);
  const read = () => call('GET', paths[1] ?? '');
  const verify = async (requirements: object = {}, key = fullKey) =>
    (await server.call('POST', '/api/v1/keys/verify', { token: user.token, json: { key, ...requirements } })).body
      .outcome;

  it('has a version in its answers, which every change replaces', async () => {
    const tags = [(await read()).headers.etag];
    for (const [number, path] of paths.entries()) {
      const { status, headers } = await call('PATCH', path, { description: `Change ${number}` }, tags.at(-1));
      expect(status).toBe(200);
      expect((await call('GET', path)).headers.etag).toBe(headers.etag);
      tags.push(headers.etag);
    }
    expect(new Set(tags).size).toBe(3);
    for (const tag of tags) expect(tag).toMatch(/^"\d+"$/);
  });

  it.each(['PATCH', 'DELETE', 'POST'])('by %s refuses an outdated version, and does nothing', async (method) => {
    const { etag } = (await read()).headers;
    await patch({ description: 'Newer' });
    const before = (await read()).text;
    for (const path of paths) {
      const target = method === 'POST' ? `${path}/rotate` : path;
      const json = method === 'PATCH' ? { isEnabled: false } : undefined;
      for (const tag of [etag, 'garbage', '"x"', `W/${(await read()).headers.etag}`, '"999999999", "0"', '']) {
        const { status, body } = await call(method, target, json, tag);
        expect([tag, status, body]).toEqual([tag, 412, LOST]);
      }
    }
    expect((await read()).text).toBe(before);
    expect(await verify()).toBe('VALID');
  });

  it('accepts one of several versions, any version, and none', async () => {
    const tag = (await read()).headers.etag ?? '';
    expect((await patch({ description: 'One' }, `"77", ${tag}`)).status).toBe(200);
    expect((await patch({ description: 'Two' }, '*')).status).toBe(200);
    expect((await patch({ description: 'Three' })).status).toBe(200);
    expect((await call('DELETE', paths[0] ?? '', undefined, '*')).status).toBe(204);
  });

  it('accepts one of several simultaneous changes to the same version', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { etag } = (await read()).headers;
      const answers = await Promise.all(
        Array.from({ length: 4 }, (_, number) => patch({ description: `${round} by ${number}` }, etag)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
      const winner = answers.find(({ status }) => status === 200);
      expect((await read()).body.description).toBe(winner?.body.description);
    }
  });

  it('accepts one of a simultaneous change, rotation and deletion of the same version', async () => {
    const { etag } = (await read()).headers;
    const answers = await Promise.all([
      patch({ isEnabled: false }, etag),
      call('POST', `${paths[1]}/rotate`, {}, etag),
      call('DELETE', paths[1] ?? '', undefined, etag),
    ]);
    const won = answers.filter(({ status }) => status < 300);
    expect(won).toHaveLength(1);
    for (const { status } of answers) expect([200, 201, 204, 404, 412]).toContain(status);
  });

  it('changes each setting alone, from the next verification on', async () => {
    expect((await patch({ level: 2 })).body).toMatchObject({ level: 2, scopes: null });
    expect(await verify({ level: 3 })).toBe('INSUFFICIENT_LEVEL');
    expect((await patch({ scopes: ['payments:*'] })).body).toMatchObject({ level: 2, scopes: ['payments:*'] });
    expect(await verify({ scopes: ['refunds:read'] })).toBe('MISSING_SCOPE');
    expect((await patch({ metadata: { a: 1 } })).body).toMatchObject({ metadata: { a: 1 } });
    expect((await patch({ allowedIps: ['203.0.113.0/24'] })).body).toMatchObject({ allowedIps: ['203.0.113.0/24'] });
    expect(await verify({ ip: '192.0.2.1' })).toBe('IP_NOT_ALLOWED');
    const { body } = await patch({ scopes: null, metadata: null, allowedIps: null, level: 4 });
    expect(body).toMatchObject({ level: 4, scopes: null, metadata: null, allowedIps: null });
    expect(await verify({ level: 4, scopes: ['refunds:read'] })).toBe('VALID');
    expect(Date.parse((await patch({ expiresInSeconds: 100 })).body.expiresAt) - server.clock.nowMs()).toBeLessThan(
      101_000,
    );
    expect((await patch({ expiresAt: '2020-01-01T00:00:00Z' })).body.status).toBe('expired');
    expect(await verify()).toBe('EXPIRED');
    expect((await patch({ expiresAt: null })).body).toMatchObject({ status: 'active', expiresAt: null });
    expect(await verify()).toBe('VALID');
  });

  it('changes nothing, not even the version, for an empty change', async () => {
    const before = await read();
    const { status, headers, text } = await patch({});
    expect([status, headers.etag, text]).toEqual([200, before.headers.etag, before.text]);
    expect((await patch({}, '"999"')).status).toBe(412);
  });

  it.each([
    ['level', { level: 5 }],
    ['level', { level: null }],
    ['scopes', { scopes: ['Payments'] }],
    ['scopes', { scopes: [] }],
    ['expiresInSeconds', { expiresInSeconds: 0 }],
    ['expiresAt', { expiresInSeconds: 5, expiresAt: '2040-01-01T00:00:00Z' }],
    ['expiresAt', { expiresAt: '0000-01-01T00:00:00+23:59' }],
    ['expiresAt', { expiresAt: '9999-12-31T23:59:59-00:01' }],
    ['description', { description: null }],
    ['description', { description: '' }],
    ['isEnabled', { isEnabled: null }],
    ['isEnabled', { isEnabled: 'no' }],
    ['allowedIps', { allowedIps: ['203.0.113.1/24'] }],
    ['metadata', { metadata: { text: 'x'.repeat(5000) } }],
  ])('refuses a wrong %s: %j', async (field, json) => {
    const before = await read();
    const { status, body } = await patch(json);
    expect([status, body.details]).toEqual([400, [{ field, message: expect.stringMatching(/\S/) }]]);
    expect((await read()).text).toBe(before.text);
  });

  it.each([
    ['its name', { description: 'Another' }],
    ['its name, with its own level', { description: 'Another', level: 7 }],
    ['its metadata', { metadata: { team: 'x' } }],
    ['a lower level', { level: 4 }],
    ['a higher level', { level: 8 }],
    ['fewer scopes', { scopes: ['payments:read'] }],
    ['no scopes', { scopes: null }],
    ['an earlier end', { expiresInSeconds: 60 }],
    ['no end', { expiresAt: null }],
    ['being disabled', { isEnabled: false }],
    ['a tighter limit', { rateLimit: { limit: 1, windowSeconds: 60 } }],
    ['no limit', { rateLimit: null }],
    ['fewer addresses', { allowedIps: ['10.0.0.1'] }],
    ['nothing', {}],
  ])("G8: to a key above the caller's level are refused, also %s", async (_, json) => {
    const settings = {
      level: 7,
      scopes: ['payments:*'],
      expiresInSeconds: 3600,
      rateLimit: { limit: 10, windowSeconds: 60 },
      allowedIps: ['10.0.0.0/8', '127.0.0.1'],
    };
    const { token } = server.admin;
    expect((await server.call('PATCH', paths[1] ?? '', { token, json: settings })).status).toBe(200);
    const before = (await read()).text;
    for (const path of paths) {
      const { status, headers } = await call('PATCH', path, json);
      expect([status, headers['x-error-code'] ?? 'access.level_lacking']).toEqual([403, 'access.level_lacking']);
    }
    expect((await read()).text).toBe(before);
    expect((await server.call('PATCH', paths[1] ?? '', { token, json })).status).toBe(200);
  });

  it("G8: a key above the caller's level can be neither rotated nor deleted, whatever version is named", async () => {
    const { token } = server.admin;
    const change = (json: object) => server.call('PATCH', paths[1] ?? '', { token, json });
    expect((await change({ level: 7 })).status).toBe(200);
    for (const path of paths)
      for (const tag of [undefined, '*', '"999999999"']) {
        expect((await call('POST', `${path}/rotate`, undefined, tag)).status).toBe(403);
        expect((await call('DELETE', path, undefined, tag)).status).toBe(403);
      }
    expect(await verify()).toBe('VALID');
    expect((await change({ level: 4 })).status).toBe(200);
    expect((await call('POST', `${paths[0]}/rotate`)).status).toBe(201);
    expect((await call('DELETE', paths[0] ?? '')).status).toBe(204);
  });

  it('leaves an audit record of what changed', async () => {
    await patch({ level: 3, scopes: ['payments:read'] });
    const [event] = await server.dataSource
      .getRepository(AuditEvent)
      .findBy({ targetId: id, action: 'api_key.updated' });
    expect(event).toMatchObject({
      actorAccountId: user.accountId,
      details: { fields: ['level', 'scopes'], level: 3, scopes: ['payments:read'], isActive: true },
    });
  });
});
