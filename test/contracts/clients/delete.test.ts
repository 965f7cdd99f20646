/** Contracts KD1–KD14: what deleting a key answers, whom it refuses, and that the key ends at once and for good. */

import { randomUUID } from 'node:crypto';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { ClientsSurface, refusal, refusalOf } from '../../support/clients.js';
import { mailsSent, mailsTo } from '../../support/mails.js';
import { TestServer, type Pair, type User } from '../../support/server.js';
import { NO_LOGINS, type Tokens } from '../../support/tokens.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const JWT_SECRET = 'a secret that these tests know, too';
const NO_KEY = refusal(404, 'API Key not found');
const NO_ID = refusal(400, 'Invalid API key ID format');
const NO_TOKEN = refusal(401, 'Invalid JWT token');
const FORBIDDEN = refusal(403, 'Insufficient permissions to delete this API key');

describe('clients surface: deleting a key', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let tokens: Tokens;
  let user: User;
  let stranger: User;
  let pair: Pair;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_SECRET });
    clients = new ClientsSurface(server);
    ({ tokens, user } = await clients.newUserWithTokens(JWT_SECRET));
    stranger = await server.newMerchant();
  });
  beforeEach(async () => {
    pair = await server.newPair(user);
  });
  afterAll(() => server.stop());

  const basicOf = ({ apikey, apisecret }: Pair): string => `${apikey}:${apisecret}`;
  const check = async (by: { basic: string } | { token: string }): Promise<number> =>
    (await server.call('GET', '/api/v1/keys/check', by)).status;
  const openSession = (basic: string) =>
    server.call('POST', '/oauth/token', {
      basic,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
  const eventsOf = async (id: string, action: string) =>
    (await server.call('GET', `/api/v1/audit-events?targetId=${id}&action=${action}`, { token: user.token })).body
      .items;
  const expectAlive = async (): Promise<void> => {
    expect(await clients.idsOf(user)).toContain(pair.id);
    expect(await check({ basic: basicOf(pair) })).toBe(204);
  };

  it('KD1: answers with the id and the time', async () => {
    const before = server.clock.now().getTime();
    const { status, body } = await clients.delete(user, pair.id);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 200,
      message: 'API Key deleted successfully',
      data: { deleted_id: pair.id, deleted_at: expect.stringMatching(TIME) },
    });
    expect(Date.parse(body.data.deleted_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(body.data.deleted_at)).toBeLessThanOrEqual(server.clock.now().getTime());
  });

  it('KD1: accepts a JSON content type without a body', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await clients.call(user, 'DELETE', `/api/clients/api-keys/${pair.id}`, { headers });
    expect([answer.status, answer.body.data.deleted_id]).toEqual([200, pair.id]);
  });

  it('KD2: removes the key, and no other, from the list', async () => {
    const before = await clients.idsOf(user);
    await clients.delete(user, pair.id);
    expect(await clients.idsOf(user)).toEqual(before.filter((id) => id !== pair.id));
  });

  it('KD3: answers 404 to a second deletion', async () => {
    await clients.delete(user, pair.id);
    expect(refusalOf(await clients.delete(user, pair.id))).toEqual(NO_KEY);
    expect(refusalOf(await clients.delete(stranger, pair.id))).toEqual(NO_KEY);
  });

  it.each([
    ['that nobody has', () => randomUUID()],
    ['of zeros', () => '00000000-0000-0000-0000-000000000000'],
    ["of the user's account", () => user.uuid],
    ['of a key of the accounts surface', async () => (await server.newPersonalKey(user)).key],
    [
      'of a key of the merchants surface',
      async () => (await server.newFullKey(user, await server.newApplication(user))).id,
    ],
  ])('KD4: answers 404 to a uuid %s', async (_, id) => {
    expect(refusalOf(await clients.delete(user, await id()))).toEqual(NO_KEY);
  });

  it.each([
    'abc',
    '1',
    'bul',
    '6d4d7bb03f0e4d4e8f6b0d8b7b8f7c55',
    '6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c5g',
    '6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c555',
    '{6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c55}',
    '%20',
    '%00',
    "'%20OR%201=1--",
    '..%2Fapi-keys',
    'x'.repeat(500),
  ])('KD5: refuses %s as a malformed id', async (id) => {
    expect(refusalOf(await clients.delete(user, id))).toEqual(NO_ID);
  });

  it('KD5: accepts a uuid in capitals', async () => {
    expect((await clients.delete(user, pair.id.toUpperCase())).body.data.deleted_id).toBe(pair.id);
  });

  it("KD6: refuses another client's key, even to the first account", async () => {
    for (const asker of [stranger, server.admin])
      expect(refusalOf(await clients.delete(asker, pair.id))).toEqual(FORBIDDEN);
    await expectAlive();
  });

  it.each(['readSome', 'readOnly', 'writeSome'] as const)('KD6: refuses a member of the role %s', async (role) => {
    expect(refusalOf(await clients.delete(await server.newMember(user, role), pair.id))).toEqual(FORBIDDEN);
    await expectAlive();
  });

  it('KD6: lets another member of the client delete it', async () => {
    expect((await clients.delete(await server.newMember(user, 'user'), pair.id)).status).toBe(200);
  });

  it.each(NO_LOGINS)('KD7: refuses %s', async (_, header) => {
    expect(refusalOf(await clients.delete(header(tokens), pair.id))).toEqual(NO_TOKEN);
    expect(await clients.idsOf(user)).toContain(pair.id);
  });

  it('KD7: refuses the key itself', async () => {
    const basic = `Basic ${Buffer.from(basicOf(pair)).toString('base64')}`;
    const session = (await openSession(basicOf(pair))).body.access_token;
    for (const header of [basic, `Bearer ${basicOf(pair)}`, `Bearer ${session}`])
      expect(refusalOf(await clients.delete(header, pair.id))).toEqual(NO_TOKEN);
    await expectAlive();
  });

  it('KD8: checks the login, then the level, then the id, then whether the key exists, then whose it is', async () => {
    const reader = await server.newMember(user, 'writeSome');
    for (const id of ['abc', randomUUID(), pair.id]) {
      expect(refusalOf(await clients.delete(undefined, id))).toEqual(NO_TOKEN);
      expect(refusalOf(await clients.delete(reader, id))).toEqual(FORBIDDEN);
    }
    expect(refusalOf(await clients.delete(stranger, 'abc'))).toEqual(NO_ID);
    expect(refusalOf(await clients.delete(stranger, randomUUID()))).toEqual(NO_KEY);
    expect(refusalOf(await clients.delete(stranger, pair.id))).toEqual(FORBIDDEN);
  });

  it('KD9: refuses the pair everywhere at once', async () => {
    const other = await server.newPair(user);
    expect(await check({ basic: basicOf(pair) })).toBe(204);
    await clients.delete(user, pair.id);
    expect(await check({ basic: basicOf(pair) })).toBe(401);
    expect((await server.call('GET', '/whoami/key', { basic: basicOf(pair) })).status).toBe(401);
    expect((await openSession(basicOf(pair))).status).toBe(401);
    expect(await check({ basic: basicOf(other) })).toBe(204);
  });

  it('KD10: refuses the sessions that the key opened at once', async () => {
    const other = await server.newPair(user);
    const [token, others] = [await openSession(basicOf(pair)), await openSession(basicOf(other))].map(
      ({ body }) => body.access_token as string,
    );
    expect(await check({ token: token ?? '' })).toBe(204);
    await clients.delete(user, pair.id);
    expect(await check({ token: token ?? '' })).toBe(401);
    expect(await check({ token: others ?? '' })).toBe(204);
  });

  it('KD11: destroys the secret and keeps a tombstone', async () => {
    const { body } = await clients.delete(user, pair.id);
    const row = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id: pair.id });
    expect(row).toMatchObject({
      publicId: pair.apikey,
      isActive: false,
      secretHash: null,
      pepperId: null,
      encryptedSecret: null,
    });
    expect(row.deletedAt?.toISOString()).toBe(body.data.deleted_at);
  });

  it.each(['PUT', 'PATCH', 'POST'])('KD11: cannot be restored by %s', async (method) => {
    await clients.delete(user, pair.id);
    const path = `/api/clients/api-keys/${pair.id}`;
    const answer = await clients.call(user, method, path, { json: { is_active: 1, deleted_at: null } });
    expect([404, 405]).toContain(answer.status);
    expect(await check({ basic: basicOf(pair) })).toBe(401);
  });

  it('KD12: keeps the record of who deleted it, from where, without the secret', async () => {
    const headers = { 'user-agent': 'shop/1.0' };
    await clients.call(user, 'DELETE', `/api/clients/api-keys/${pair.id}`, { headers });
    const events = await eventsOf(pair.id, 'api_key.deleted');
    expect(events).toEqual([
      expect.objectContaining({
        actor: { kind: 'account', accountId: user.accountId, keyId: null, memberId: user.uuid, username: user.email },
        target: { type: 'api_key', id: pair.id },
        details: expect.objectContaining({ surface: 'clients', reason: 'deleted' }),
        merchantId: user.merchantId,
        address: '127.0.0.1',
        userAgent: 'shop/1.0',
        createdAt: expect.stringMatching(TIME),
      }),
    ]);
    expect(await eventsOf(pair.id, 'api_key.created')).toHaveLength(1);
    expect(JSON.stringify(await server.dataSource.query('SELECT * FROM audit_event'))).not.toContain(pair.apisecret);
  });

  it('KD12: records nothing when nothing is deleted', async () => {
    await clients.delete(stranger, pair.id);
    expect(await eventsOf(pair.id, 'api_key.deleted')).toEqual([]);
  });

  it("KD13, A2: mails the client's active members unless they chose otherwise, without the secret", async () => {
    const owner = await server.newMerchant();
    const colleague = await server.newMember(owner, 'readOnly');
    const former = await server.newMember(owner, 'user');
    const uninterested = await server.newMember(owner, 'user');
    await server.call('PATCH', `/api/v1/members/${former.uuid}`, { token: owner.token, json: { status: 'disabled' } });
    const choice = { token: uninterested.token, json: { events: [] } };
    await server.call('PUT', '/api/v1/members/me/notifications', choice);
    const own = await server.newPair(owner);
    await clients.delete(owner, own.id);
    await mailsSent(server);
    for (const member of [owner, colleague]) {
      const [mail, ...others] = mailsTo(server, member).filter(({ text }) => text.includes(own.id));
      expect(others).toEqual([]);
      expect(mail?.text).toContain('api_key.deleted');
      expect(mail?.text).not.toContain(own.apisecret);
    }
    for (const member of [former, uninterested])
      expect(mailsTo(server, member).filter(({ text }) => text.includes(own.id))).toEqual([]);
    expect(await eventsOf(own.id, 'api_key.team_notified')).toEqual([]);
  });

  it('KD14: shows the use before the deletion', async () => {
    const before = server.clock.now().getTime();
    await check({ basic: basicOf(pair) });
    const lastUse = await clients.lastUse(user, pair.id, before);
    await clients.delete(user, pair.id);
    const [{ details }] = await eventsOf(pair.id, 'api_key.deleted');
    expect(Date.parse(details.lastUsedAt)).toBe(lastUse);
  });
});
