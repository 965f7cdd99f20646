/** Contracts KG1–KG15 and KG18: creating keys by a Service ID, and what is refused in which order. */

import { ClientsSurface, refusal, refusalOf } from '../../support/clients.js';
import { TestServer, type User } from '../../support/server.js';
import { forge, NO_LOGINS, tamper, unsigned, type Tokens } from '../../support/tokens.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const JWT_SECRET = 'a secret that these tests know, too';

const NO_TOKEN = refusal(401, 'Invalid JWT token');
const NO_LEVEL = refusal(403, 'Insufficient permissions');
const NO_SERVICE = refusal(403, 'Service ID expired or invalid');
const NO_SERVICE_GIVEN = refusal(400, 'Service ID is required');

describe('clients surface: creating keys', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let user: User;
  let tokens: Tokens;
  let expiredServiceId: string;
  let service_id: string;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_SECRET });
    clients = new ClientsSurface(server);
    ({ user, tokens, expiredServiceId } = await clients.newUserWithTokens(JWT_SECRET));
    service_id = tokens.serviceId;
  });
  afterAll(() => server.stop());

  const listed = async (id: string) =>
    (await clients.list(user)).body.data.find((item: { id: string }) => item.id === id);

  it('KG1: answers with the id of the new key and nothing else', async () => {
    const { status, body } = await clients.generate(user, { service_id });
    expect(status).toBe(201);
    expect(body).toEqual({ status: 201, message: 'API Key created', data: { id: expect.stringMatching(UUID) } });
  });

  it('KG2: answers with neither half of the credential', async () => {
    const { text, body } = await clients.generate(user, { service_id });
    const { apikey, apisecret } = await listed(body.data.id);
    expect(apikey).toHaveLength(20);
    expect(text).not.toContain(apikey);
    expect(text).not.toContain(apisecret);
  });

  it.each(NO_LOGINS.filter(([name]) => name === 'no Authorization'))('KG3: refuses %s', async (_, header) => {
    expect(refusalOf(await clients.generate(header(tokens), { service_id }))).toEqual(NO_TOKEN);
  });

  it.each(NO_LOGINS.filter(([name]) => !['no Authorization', 'a Service ID'].includes(name)))(
    'KG4: refuses %s like a missing login',
    async (_, header) => {
      expect(refusalOf(await clients.generate(header(tokens), { service_id }))).toEqual(NO_TOKEN);
    },
  );

  it.each(NO_LOGINS.filter(([name]) => name === 'a Service ID'))('KG5: refuses %s as a login', async (_, header) => {
    expect(refusalOf(await clients.generate(header(tokens), { service_id }))).toEqual(NO_TOKEN);
  });

  it.each([
    ['no service_id', {}],
    ['only other fields', { serviceId: 'x' }],
    ['an empty service_id', { service_id: '' }],
    ['null', { service_id: null }],
    ['a number', { service_id: 1 }],
    ['true', { service_id: true }],
    ['an array', { service_id: ['x'] }],
    ['an object', { service_id: { $ne: '' } }],
    ['no body', undefined],
    ['an array as the body', []],
    ['null as the body', null],
    ['a string as the body', 'x'],
  ])('KG6: asks for a service_id when there is %s', async (_, json) => {
    expect(refusalOf(await clients.generate(user, json))).toEqual(NO_SERVICE_GIVEN);
  });

  it('KG6: asks for a service_id when a JSON content type has no body', async () => {
    const options = { headers: { 'content-type': 'application/json' } };
    const answer = await clients.call(user, 'POST', '/api/clients/generate-api-key', options);
    expect(refusalOf(answer)).toEqual(NO_SERVICE_GIVEN);
  });

  it.each(['{"service_id":', '{service_id}', '"', '{}{}', '\0'])('KG7: refuses malformed JSON: %j', async (body) => {
    const options = { headers: { 'content-type': 'application/json' }, body };
    const answer = await clients.call(user, 'POST', '/api/clients/generate-api-key', options);
    expect(refusalOf(answer)).toEqual(refusal(400, 'Invalid request format'));
  });

  it('KG8: refuses an expired service_id', async () => {
    expect(refusalOf(await clients.generate(user, { service_id: expiredServiceId }))).toEqual(NO_SERVICE);
  });

  it('KG8: accepts a service_id until its last second', async () => {
    const owner = await server.newMerchant();
    const own = await clients.newServiceId(owner);
    server.clock.advance(3590);
    expect((await clients.generate(owner, { service_id: own })).status).toBe(201);
    server.clock.advance(-3590);
  });

  it.each<[string, (tokens: Tokens) => string]>([
    ['garbage', () => 'garbage'],
    ['a blank', () => ' '],
    ['a uuid', () => '6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c55'],
    ['SQL', () => "' OR 1=1 --"],
    ['a NUL byte', () => '\0'],
    ['a tampered service_id', ({ serviceId }) => tamper(serviceId, { exp: 9_999_999_999 })],
    ['an unsigned service_id', ({ serviceId }) => unsigned(serviceId)],
    ['a service_id of another signer', ({ serviceId }) => forge(serviceId, 'another secret of 32 characters..')],
    ['an expired service_id with a new end', () => forge(expiredServiceId, JWT_SECRET, { exp: 9_999_999_999 })],
    ['a service_id that nobody issued', () => forge(service_id, JWT_SECRET, { serviceId: 'unknown' })],
    ['a login token', ({ login }) => login],
  ])('KG9: refuses %s in place of a service_id', async (_, given) => {
    expect(refusalOf(await clients.generate(user, { service_id: given(tokens) }))).toEqual(NO_SERVICE);
  });

  it("KG10: refuses another client's service_id", async () => {
    const stranger = await server.newMerchant();
    expect(refusalOf(await clients.generate(stranger, { service_id }))).toEqual(NO_SERVICE);
    expect(await clients.idsOf(stranger)).toEqual([]);
  });

  it('KG10: accepts the service_id of another member of the client', async () => {
    const colleague = await server.newMember(user, 'user');
    expect((await clients.generate(colleague, { service_id })).status).toBe(201);
  });

  it('KG11: checks the login, then the level, then the body, then the service_id', async () => {
    const reader = await server.newMember(user, 'writeSome');
    const generate = (asker: User | undefined, body: string) =>
      clients.call(asker, 'POST', '/api/clients/generate-api-key', {
        headers: { 'content-type': 'application/json' },
        body,
      });
    for (const body of ['{', '', '{}', '{"service_id":"garbage"}']) {
      expect(refusalOf(await generate(undefined, body))).toEqual(NO_TOKEN);
      expect(refusalOf(await generate(reader, body))).toEqual(NO_LEVEL);
    }
    const both = JSON.stringify({ service_id: 'garbage', expires_in: -1 });
    expect(refusalOf(await generate(user, both))).toEqual(refusal(400, 'Invalid expires_in'));
    expect(refusalOf(await generate(user, '{"service_id":"garbage"}'))).toEqual(NO_SERVICE);
  });

  it('KG12: creates several keys with one service_id, which differ in id, apikey and secret', async () => {
    const owner = await server.newMerchant();
    const ids = await clients.newKeys(owner, 10);
    const { data } = (await clients.list(owner)).body;
    expect(new Set(ids).size).toBe(10);
    expect(new Set(data.map(({ apikey }: { apikey: string }) => apikey)).size).toBe(10);
    expect(new Set(data.map(({ apisecret }: { apisecret: string }) => apisecret)).size).toBe(10);
  });

  it('KG13: lists and deletes the new key at once', async () => {
    const { body } = await clients.generate(user, { service_id });
    expect(await listed(body.data.id)).toBeDefined();
    expect((await clients.delete(user, body.data.id)).status).toBe(200);
  });

  it('KG15: records who created which key, when and from where, without the secret', async () => {
    const headers = { 'user-agent': 'shop/1.0' };
    const options = { json: { service_id }, headers };
    const { body } = await clients.call(user, 'POST', '/api/clients/generate-api-key', options);
    const { id, apisecret } = await listed(body.data.id);
    const events = await server.call('GET', `/api/v1/audit-events?targetId=${id}`, { token: user.token });
    expect(events.body.items).toEqual([
      expect.objectContaining({
        action: 'api_key.created',
        actor: { kind: 'account', accountId: user.accountId, keyId: null, memberId: user.uuid, username: user.email },
        target: { type: 'api_key', id },
        merchantId: user.merchantId,
        address: '127.0.0.1',
        userAgent: 'shop/1.0',
        createdAt: expect.stringMatching(TIME),
      }),
    ]);
    expect(JSON.stringify(await server.dataSource.query('SELECT * FROM audit_event'))).not.toContain(apisecret);
  });

  it.each(['readSome', 'readOnly', 'writeSome'] as const)('KG18: refuses a member of the role %s', async (role) => {
    const member = await server.newMember(user, role);
    const own = await clients.newServiceId(member);
    const before = await clients.idsOf(user);
    expect(refusalOf(await clients.generate(member, { service_id: own }))).toEqual(NO_LEVEL);
    expect(await clients.idsOf(user)).toEqual(before);
  });
});
