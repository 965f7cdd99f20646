/** Guarantees of portal sessions: an end user manages the keys of one external id alone, within what the session allows, and as long as what has opened it is valid. */
import { PortalSession } from '../../../src/portal/portal-session.entity.js';
import type { Answer } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const SESSIONS = '/api/v1/portal-sessions';
const KEYS = '/api/v1/portal/keys';
const EVERYTHING = ['list', 'create', 'rotate', 'revoke'];

interface Opened {
  id: string;
  token: string;
  url: string;
  expiresAt: string;
}

describe('portal sessions', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.shared();
  });
  beforeEach(async () => {
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, token: string, json?: object) =>
    server.call(method, path, { token, ...(json && { json }) });
  const open = async (body: object = {}, token = user.token): Promise<Opened> => {
    const json = { externalId: 'cus_1', allow: EVERYTHING, applicationId: application, ...body };
    const { status, body: opened } = await call('POST', SESSIONS, token, json);
    expect([status, opened]).toEqual([201, expect.objectContaining({ externalId: 'cus_1' })]);
    return opened;
  };
  const refusal = ({ status, headers }: Pick<Answer, 'status' | 'headers'>) => [status, headers['x-error-code']];
  const create = async (token: string, description = 'Mine') =>
    (await call('POST', KEYS, token, { description })).body as { id: string; fullKey: string };
  const list = async (token: string) => (await call('GET', KEYS, token)).body.items as { id: string }[];
  const outcome = async (key: string) =>
    (await call('POST', '/api/v1/keys/verify', user.token, { key })).body.outcome as string;
  const newPortalKey = async (settings: object = {}) => {
    const json = { description: 'portal', scopes: ['portal', 'payments:*'], ...settings };
    const { body } = await call('POST', `/api/v1/applications/${application}/api-keys`, user.token, json);
    return body as { id: string; fullKey: string };
  };

  it('creates, lists, rotates and revokes the keys of its external id', async () => {
    const limits = { keys: 3, rateLimits: [{ limit: 5, windowSeconds: 60 }], quota: { limit: 100, period: 'day' } };
    const { token } = await open({ scopes: ['payments:read'], limits });
    const { body: session } = await call('GET', '/api/v1/portal/session', token);
    expect(session).toEqual({
      externalId: 'cus_1',
      allow: EVERYTHING,
      scopes: ['payments:read'],
      limits,
      expiresAt: expect.any(String),
    });
    const key = await create(token);
    expect(await outcome(key.fullKey)).toBe('VALID');
    const seen = (await call('GET', `/api/v1/api-keys/${key.id}`, user.token)).body;
    expect(seen).toMatchObject({
      applicationId: application,
      externalId: 'cus_1',
      scopes: ['payments:read'],
      level: 4,
      rateLimits: limits.rateLimits,
      quota: limits.quota,
    });
    expect(await list(token)).toEqual([expect.objectContaining({ id: key.id, description: 'Mine', status: 'active' })]);

    const rotated = (await call('POST', `${KEYS}/${key.id}/rotate`, token, { overlapSeconds: 60 })).body;
    expect([await outcome(key.fullKey), await outcome(rotated.fullKey)]).toEqual(['VALID', 'VALID']);
    expect((await call('DELETE', `${KEYS}/${key.id}`, token)).status).toBe(204);
    expect([await outcome(key.fullKey), await outcome(rotated.fullKey)]).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    expect(await list(token)).toEqual([]);
  });

  it('is recorded in the audit trail, as are the keys that are created in it', async () => {
    const { id, token } = await open();
    await create(token);
    await call('DELETE', `${SESSIONS}/${id}`, user.token);
    await server.sealed();
    const { items } = (await call('GET', '/api/v1/audit-events?limit=100', user.token)).body;
    const found = items.filter(
      ({ target, details }: { target: { id: string }; details: { portalSessionId?: string } }) =>
        target.id === id || details.portalSessionId === id,
    );
    expect(found.map(({ action }: { action: string }) => action).sort()).toEqual([
      'api_key.created',
      'portal_session.ended',
      'portal_session.opened',
    ]);
  });

  it('shows and changes no key of anybody else', async () => {
    const { token } = await open();
    const other = await create(
      (await open({ externalId: 'cus_1', applicationId: await server.newApplication(user) })).token,
    );
    const elsewhere = (
      await call('POST', `/api/v1/applications/${application}/api-keys`, user.token, {
        description: 'other',
        externalId: 'cus_2',
      })
    ).body;
    const stranger = await server.newMerchant();
    const foreign = (
      await call('POST', '/api/v1/api-keys', stranger.token, { description: 'foreign', externalId: 'cus_1' })
    ).body;
    expect(await list(token)).toEqual([]);
    for (const { id } of [other, elsewhere, foreign]) {
      expect(refusal(await call('POST', `${KEYS}/${id}/rotate`, token, {}))).toEqual([404, 'api_key.not_found']);
      expect(refusal(await call('DELETE', `${KEYS}/${id}`, token))).toEqual([404, 'api_key.not_found']);
    }
    expect(await outcome(other.fullKey)).toBe('VALID');
  });

  it('without an application is about all keys of the external id', async () => {
    const { token } = await open({ applicationId: undefined });
    const own = await create(token);
    const ofApplication = await create((await open()).token);
    expect((await list(token)).map(({ id }) => id).sort()).toEqual([own.id, ofApplication.id].sort());
    expect((await call('GET', `/api/v1/api-keys/${own.id}`, user.token)).body.applicationId).toBeNull();
  });

  it.each([
    ['list', 'GET', KEYS, undefined],
    ['create', 'POST', KEYS, { description: 'x' }],
    ['rotate', 'POST', `${KEYS}/f7fa38ec-0e19-405c-820f-bf65912ab4ec/rotate`, {}],
    ['revoke', 'DELETE', `${KEYS}/f7fa38ec-0e19-405c-820f-bf65912ab4ec`, undefined],
  ])('refuses to %s unless it is allowed', async (action, method, path, json) => {
    const { token } = await open({ allow: EVERYTHING.filter((other) => other !== action) });
    expect(refusal(await call(method, path, token, json))).toEqual([403, 'portal_session.action_not_allowed']);
  });

  it('creates no more keys than it allows, however many are asked for at once and in how many sessions', async () => {
    for (const applicationId of [application, undefined]) {
      const sessions = await Promise.all([1, 2].map(() => open({ applicationId, limits: { keys: 3 } })));
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          call('POST', KEYS, sessions[index % 2]?.token ?? '', { description: `key ${index}` }),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 201)).toHaveLength(3 - (applicationId === undefined ? 3 : 0));
      expect(new Set(answers.filter(({ status }) => status !== 201).map((answer) => refusal(answer).join()))).toEqual(
        new Set(['409,portal_session.key_limit_reached']),
      );
    }
  });

  it('neither rotates nor revokes keys that may do more than it allows', async () => {
    const { token } = await open({ scopes: ['payments:read'] });
    const json = { description: 'strong', externalId: 'cus_1', scopes: ['payments:*'] };
    const strong = (await call('POST', `/api/v1/applications/${application}/api-keys`, user.token, json)).body;
    const portal = await newPortalKey({ externalId: 'cus_1' });
    const everything = await open();
    for (const [{ id }, by] of [
      [strong, token],
      [portal, everything.token],
    ] as const) {
      expect(refusal(await call('POST', `${KEYS}/${id}/rotate`, by, {}))).toEqual([403, 'access.level_lacking']);
      expect(refusal(await call('DELETE', `${KEYS}/${id}`, by))).toEqual([403, 'access.level_lacking']);
    }
  });

  it('is opened by a key that names the scope, with no more than the key has', async () => {
    const key = await newPortalKey();
    const opened = await open({ applicationId: undefined }, key.fullKey);
    expect(opened).toMatchObject({ scopes: ['payments:*'], applicationId: application });
    expect(await outcome((await create(opened.token)).fullKey)).toBe('VALID');
    const body = { externalId: 'cus_1', allow: ['list'] };
    const refused = async (settings: object, more: object = {}) =>
      refusal(await call('POST', SESSIONS, (await newPortalKey(settings)).fullKey, { ...body, ...more }));
    expect(await refused({}, { scopes: ['refunds:read'] })).toEqual([400, 'api_key.scopes_not_held']);
    expect(await refused({}, { scopes: ['payments:read', 'portal'] })).toEqual([400, 'request.invalid']);
    expect(await refused({ scopes: ['portal'] })).toEqual([400, 'request.invalid']);
    expect(await refused({ scopes: null })).toEqual([403, 'access.scope_lacking']);
    expect(await refused({ scopes: ['payments:*'] })).toEqual([403, 'access.scope_lacking']);
    expect(await refused({ level: 3 })).toEqual([403, 'access.level_lacking']);
  });

  it('ends with the key that has opened it', async () => {
    const ways: [string, (id: string) => Promise<unknown>][] = [
      ['revoked', (id) => call('DELETE', `/api/v1/api-keys/${id}`, user.token)],
      ['disabled', (id) => call('PATCH', `/api/v1/api-keys/${id}`, user.token, { isEnabled: false })],
      ['expired', (id) => call('PATCH', `/api/v1/api-keys/${id}`, user.token, { expiresAt: '2020-01-01T00:00:00Z' })],
      ['narrowed', (id) => call('PATCH', `/api/v1/api-keys/${id}`, user.token, { scopes: ['payments:*'] })],
      ['lowered', (id) => call('PATCH', `/api/v1/api-keys/${id}`, user.token, { level: 3 })],
    ];
    for (const [, end] of ways) {
      const key = await newPortalKey();
      const { token, url } = await open({ applicationId: undefined }, key.fullKey);
      expect((await call('GET', KEYS, token)).status).toBe(200);
      await end(key.id);
      expect(refusal(await call('GET', KEYS, token))).toEqual([401, 'credential.invalid']);
      expect((await useLink(url)).status).toBe(404);
    }
  });

  const useLink = (url: string) =>
    server.call('POST', '/api/v1/portal/session', { json: { code: new URL(url).hash.slice(1) } });

  it('ends with the login that has opened it, at its own end, and when it is ended', async () => {
    const login = async () => server.logIn(user.email, user.password);
    const other = await login();
    const byOther = await open({}, other.token);
    expect((await call('POST', '/api/v1/auth/logout', other.token)).status).toBe(204);
    expect(refusal(await call('GET', KEYS, byOther.token))).toEqual([401, 'credential.invalid']);

    const ended = await open();
    expect((await call('DELETE', `${SESSIONS}/${ended.id}`, user.token)).status).toBe(204);
    expect((await call('DELETE', `${SESSIONS}/${ended.id}`, user.token)).status).toBe(204);
    expect(refusal(await call('GET', KEYS, ended.token))).toEqual([401, 'credential.invalid']);
    expect((await useLink(ended.url)).status).toBe(404);

    const short = await open({ expiresInSeconds: 60 });
    server.clock.advance(61);
    expect(refusal(await call('GET', KEYS, short.token))).toEqual([401, 'credential.expired']);
    expect((await useLink(short.url)).status).toBe(404);
  });

  it('never outlives the login', async () => {
    const { expiresAt } = await open({ expiresInSeconds: 86_400 });
    const { items } = (await call('GET', '/api/v1/sessions', user.token)).body;
    const current = items.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent);
    expect(expiresAt).toBe(current.expiresAt);
  });

  it('has a link that works once', async () => {
    const { url, expiresAt } = await open();
    expect(new URL(url).pathname).toBe('/portal');
    const answers = await Promise.all([1, 2, 3].map(() => useLink(url)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    const { body } = answers.find(({ status }) => status === 200) ?? {};
    expect(body).toEqual({ token: expect.any(String), expiresAt });
    expect((await call('GET', KEYS, body.token)).status).toBe(200);
    const unknown = await server.call('POST', '/api/v1/portal/session', { json: { code: 'a'.repeat(48) } });
    expect(refusal(unknown)).toEqual([404, 'portal_session.link_invalid']);
  });

  it('has a token that is good for nothing else, and takes no other one', async () => {
    const { token } = await open();
    expect((await call('GET', '/api/v1/api-keys', token)).status).toBe(401);
    expect((await call('POST', SESSIONS, token, { externalId: 'cus_1', allow: ['list'] })).status).toBe(401);
    expect((await call('GET', KEYS, user.token)).status).toBe(401);
    expect((await call('GET', KEYS, (await newPortalKey()).fullKey)).status).toBe(401);
  });

  it('may be used from pages of every origin, and nothing else may', async () => {
    const { token } = await open();
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    const preflight = await fetch(server.url + KEYS, { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type');
    for (const authorization of [`Bearer ${token}`, 'Bearer none']) {
      const answer = await fetch(server.url + KEYS, { headers: { authorization, origin: 'https://shop.example' } });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
    const others = await fetch(`${server.url}/api/v1/api-keys`, { headers: { ...headers } });
    expect(others.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('goes on when whoever has made the key leaves', async () => {
    const colleague = await server.newMember(user, 'user');
    const json = { description: 'portal', scopes: ['portal', 'payments:*'] };
    const key = (await call('POST', `/api/v1/applications/${application}/api-keys`, colleague.token, json)).body;
    const opened = await open({ applicationId: undefined }, key.fullKey);
    expect((await call('DELETE', `/api/v1/members/${colleague.uuid}?keys=keep`, user.token)).status).toBe(204);
    expect(await outcome((await create(opened.token)).fullKey)).toBe('VALID');
    expect(await outcome((await create((await open({}, key.fullKey)).token)).fullKey)).toBe('VALID');
  });

  it('limits the requests of each end user', async () => {
    const limited = await TestServer.start({ PORTAL_RATE_LIMIT_PER_MINUTE: '2' });
    try {
      const owner = await limited.newMerchant();
      const openFor = async (externalId: string) => {
        const json = { externalId, allow: ['list'] };
        return (await limited.call('POST', SESSIONS, { token: owner.token, json })).body.token as string;
      };
      const statuses = [];
      for (const externalId of ['cus_1', 'cus_1', 'cus_1', 'cus_2'])
        statuses.push((await limited.call('GET', KEYS, { token: await openFor(externalId) })).status);
      expect(statuses).toEqual([200, 200, 429, 200]);
    } finally {
      await limited.stop();
    }
  });

  it('is not ended by another merchant', async () => {
    const { id, token } = await open();
    const stranger = await server.newMerchant();
    expect(refusal(await call('DELETE', `${SESSIONS}/${id}`, stranger.token))).toEqual([
      404,
      'portal_session.not_found',
    ]);
    expect((await call('GET', KEYS, token)).status).toBe(200);
  });

  it('is deleted a day after its end', async () => {
    const { id } = await open({ expiresInSeconds: 60 });
    const rows = server.dataSource.getRepository(PortalSession);
    await server.keepHouse('portal_sessions');
    expect(await rows.countBy({ id })).toBe(1);
    server.clock.advance(86_400 + 61);
    await server.keepHouse('portal_sessions');
    expect(await rows.countBy({ id })).toBe(0);
  });
});
