/** Guarantee: everything that is created, changed or deleted leaves an audit record, without any secret. */

import { randomUUID } from 'node:crypto';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const REQUEST_ID = /^[\da-f]{8}(-[\da-f]{4}){2}-[\da-z]+$/;
const AGENT = 'audit-test/1.0';
const ADDRESS = '127.0.0.7';

interface Seen {
  action: string;
  actor: { kind: string; accountId: number | null; keyId: string | null };
  target: { type: string; id: string };
  merchantId: string;
  details: Record<string, unknown>;
  address: string;
  userAgent: string;
  requestId: string;
  createdAt: string;
}

describe('merchants surface: what the audit trail records', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  /** A request of this test's own client, from an address of its own. */
  const call = (method: string, path: string, json?: unknown, token: string | undefined = user.token) =>
    server.call(method, path, { token, json, headers: { 'user-agent': AGENT }, from: ADDRESS });

  async function recordsOf(targetId: string): Promise<Seen[]> {
    const { status, body } = await server.call('GET', `/api/v1/audit-events?targetId=${targetId}&limit=100`, {
      token: server.admin.token,
    });
    expect(status).toBe(200);
    return body.items;
  }

  /** The one record of an action on a target, which must say from where and when it came. */
  async function recordOf(targetId: string, action: string, since: number): Promise<Seen> {
    const records = (await recordsOf(targetId)).filter((record) => record.action === action);
    const [record] = records.filter(({ createdAt }) => Date.parse(createdAt) >= since);
    if (!record) throw new Error(`No record of ${action}.`);
    expect(Object.keys(record).sort()).toEqual([
      'action',
      'actor',
      'address',
      'createdAt',
      'details',
      'hash',
      'id',
      'merchantId',
      'personalDigest',
      'personalSalt',
      'previousHash',
      'requestId',
      'sequence',
      'target',
      'userAgent',
    ]);
    expect(record).toMatchObject({ address: ADDRESS, userAgent: AGENT, requestId: expect.stringMatching(REQUEST_ID) });
    expect(Date.parse(record.createdAt)).toBeLessThanOrEqual(server.clock.now().getTime());
    return record;
  }

  const byUser = () => ({ kind: 'account', accountId: user.accountId, keyId: null });
  const byAdmin = () => ({ kind: 'account', accountId: server.admin.accountId, keyId: null });
  const VISITOR = { kind: 'visitor', accountId: null, keyId: null };

  it('records what happens to an application and its keys', async () => {
    const since = server.clock.now().getTime();
    const { id } = (await call('POST', '/api/v1/applications', { name: `app ${randomUUID()}` })).body;
    const key = (await call('POST', `/api/v1/applications/${id}/api-keys`, { description: 'Audited' })).body;
    const inUse = (await call('POST', `/api/v1/applications/${id}/api-keys`, { description: 'Deleted with it' })).body;
    await call('PATCH', `/api/v1/applications/${id}`, { description: 'Changed' });
    await call('DELETE', `/api/v1/applications/${id}/api-keys/${key.id}`);
    server.clock.advance(1);
    await call('PATCH', `/api/v1/applications/${id}/status`, { isEnabled: false });
    await call('DELETE', `/api/v1/applications/${id}`);

    const application = { actor: byUser(), target: { type: 'application', id }, merchantId: user.merchantId };
    expect(await recordOf(id, 'application.created', since)).toMatchObject(application);
    expect(await recordOf(id, 'application.updated', since)).toMatchObject({
      ...application,
      details: { isEnabled: false },
    });
    expect(await recordOf(id, 'application.deleted', since)).toMatchObject(application);
    expect(await recordsOf(id)).toHaveLength(4);
    for (const { id: keyId } of [key, inUse]) {
      const expected = { actor: byUser(), target: { type: 'api_key', id: keyId }, merchantId: user.merchantId };
      expect(await recordOf(keyId, 'api_key.created', since)).toMatchObject(expected);
      expect(await recordOf(keyId, 'api_key.deleted', since)).toMatchObject(expected);
    }
  });

  it('records what happens to a member', async () => {
    const since = server.clock.now().getTime();
    const json = { email: `member-${randomUUID()}@shop.example`, role: 'user' };
    const { id, signupLink } = (await call('POST', '/api/v1/members', json)).body;
    const target = { target: { type: 'account', id }, merchantId: user.merchantId };
    expect(await recordOf(id, 'account.created', since)).toMatchObject({ ...target, actor: byUser() });

    const { pathname, search } = new URL(signupLink);
    const person = { password: PASSWORD, firstName: 'Grace', lastName: 'Hopper' };
    await server.call('POST', pathname + search, {
      json: person,
      headers: { 'user-agent': AGENT },
      from: ADDRESS,
    });
    expect(await recordOf(id, 'account.updated', since)).toMatchObject({ ...target, actor: VISITOR });

    const login = { username: json.email, password: PASSWORD };
    await call('POST', '/api/v1/auth/login', login);
    const { accountId } = (await recordOf(id, 'account.logged_in', since)).actor;
    expect(accountId).toEqual(expect.any(Number));

    await call('PATCH', `/api/v1/members/${id}`, { role: 'readOnly' });
    expect(await recordOf(id, 'account.updated', since)).toMatchObject({
      ...target,
      actor: byUser(),
      details: { fields: ['role'], role: 'readOnly' },
    });
    await call('DELETE', `/api/v1/members/${id}`);
    expect(await recordOf(id, 'account.deleted', since)).toMatchObject({ ...target, actor: byUser() });
  });

  it('records what happens to a merchant', async () => {
    const since = server.clock.now().getTime();
    const { signupLink } = (await call('POST', '/api/v1/merchants/invite', {}, server.admin.token)).body;
    const invitations = await server.dataSource.getRepository(AuditEvent).findBy({ action: 'link.issued' });
    expect(invitations.filter(({ userAgent }) => userAgent === AGENT)).toMatchObject([
      { merchantId: server.admin.merchantId, actorAccountId: server.admin.accountId, targetType: 'link' },
    ]);

    const { pathname, search } = new URL(signupLink);
    const email = `owner-${randomUUID()}@shop.example`;
    const { body } = await server.call('POST', pathname + search, {
      json: {
        organization: { legalBusinessName: 'Audited Ltd' },
        admin: { email, password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace' },
      },
      headers: { 'user-agent': AGENT },
      from: ADDRESS,
    });
    const target = { target: { type: 'merchant', id: body.id }, merchantId: body.id };
    expect(await recordOf(body.id, 'merchant.created', since)).toMatchObject({ ...target, actor: VISITOR });
    const { uuid } = await server.logIn(email, PASSWORD);
    expect(await recordOf(uuid, 'account.created', since)).toMatchObject({ actor: VISITOR, merchantId: body.id });

    await call('PATCH', `/api/v1/merchants/${body.id}`, { status: 'blocked' }, server.admin.token);
    expect(await recordOf(body.id, 'merchant.updated', since)).toMatchObject({
      ...target,
      actor: byAdmin(),
      details: { status: 'blocked', statusBefore: 'active' },
    });
  });

  it('records what happens on the other surfaces', async () => {
    const since = server.clock.now().getTime();
    const service = await call('POST', '/api/clients/generate-service-id');
    const json = { service_id: service.body.data.SERVICE_ID };
    const { id } = (await call('POST', '/api/clients/generate-api-key', json)).body.data;
    await call('DELETE', `/api/clients/api-keys/${id}`);
    const target = { actor: byUser(), target: { type: 'api_key', id }, merchantId: user.merchantId };
    for (const action of ['api_key.created', 'api_key.deleted']) {
      expect(await recordOf(id, action, since)).toMatchObject(target);
    }

    const personal = await server.newPersonalKey(user);
    const made = await server.call('POST', '/apikeys/key', {
      basic: personal.basic,
      json: { name: 'By key', level: 1, expiresIn: 60 },
      headers: { 'user-agent': AGENT },
      from: ADDRESS,
    });
    expect(await recordOf(made.body.apikey.key, 'api_key.created', since)).toMatchObject({
      actor: { kind: 'key', accountId: user.accountId, keyId: personal.key },
    });

    await call('PATCH', '/account/jwt', { language: 'de' });
    expect(await recordOf(user.uuid, 'account.updated', since)).toMatchObject({
      actor: byUser(),
      details: { fields: ['language'] },
    });
  });

  it('records no secret', async () => {
    const { fullKey } = await server.newFullKey(user, await server.newApplication(user));
    const events = JSON.stringify(await server.dataSource.getRepository(AuditEvent).find());
    expect(events).toContain('api_key.created');
    for (const secret of [fullKey, fullKey.slice(24), user.token, PASSWORD]) expect(events).not.toContain(secret);
    expect(server.secrets.foundIn(events)).toEqual([]);
  });
});
