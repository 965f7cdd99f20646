/** Contracts F1–F5, F8, F10–F20 and F30: what `POST /apikeys` answers, whom it refuses, and in which order it checks the body. */

import type { RequestOptions } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const GOOD = { name: 'A key', level: 4, expiresIn: 3600 };

describe('accounts surface: POST /apikeys', () => {
  let server: TestServer;
  let owner: User;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    owner = await server.newMerchant();
    user = await server.newMember(owner, 'user');
  });
  afterAll(() => server.stop());

  const createByToken = (json: unknown, { token } = user) => server.call('POST', '/apikeys/jwt', { token, json });
  const createByKey = (json: unknown, basic: string) => server.call('POST', '/apikeys/key', { basic, json });

  it('F1: answers 201 with all fields of the key', async () => {
    const { status, body } = await createByToken(GOOD);
    expect(status).toBe(201);
    expect(body).toEqual({
      result: 'success',
      apikey: {
        key: expect.stringMatching(UUID),
        secret: expect.stringMatching(/^[\da-f]{64}$/),
        level: 4,
        createdAt: expect.stringMatching(TIME),
        expiresAt: expect.stringMatching(TIME),
        name: 'A key',
        userId: user.accountId,
      },
    });
  });

  it('F1: gives every key a secret of its own', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => createByToken(GOOD)));
    expect(new Set(answers.map(({ body }) => body.apikey.key)).size).toBe(3);
    expect(new Set(answers.map(({ body }) => body.apikey.secret)).size).toBe(3);
  });

  it('F2: creates a key by a key of level 4', async () => {
    const { basic } = await server.newPersonalKey(user, 4);
    const { status, body } = await createByKey({ ...GOOD, level: 2 }, basic);
    expect(status).toBe(201);
    const { key, secret } = body.apikey;
    const who = await server.call('GET', '/whoami/key', { basic: `${key}:${secret}` });
    expect([who.status, who.body.apikey.level]).toEqual([200, 2]);
  });

  it.each([1, 60, 3600, 31_536_000])(
    'F3: sets the expiry of a key of %d seconds to that long from now',
    async (expiresIn) => {
      const { body } = await createByToken({ ...GOOD, expiresIn });
      const seconds = (Date.parse(body.apikey.expiresAt) - server.clock.now().getTime()) / 1000;
      expect(Math.abs(seconds - expiresIn)).toBeLessThan(2);
      expect(Date.parse(body.apikey.expiresAt) - Date.parse(body.apikey.createdAt)).toBe(expiresIn * 1000);
    },
  );

  it.each(['My first API key', ' with spaces ', 'Schlüssel 钥匙 🔑', '<b>&"\'`;--', '0'])(
    'F4: echoes the name %j, the level and the creator',
    async (name) => {
      const { basic } = await server.newPersonalKey(user, 4);
      for (const { status, body } of [
        await createByToken({ name, level: 3, expiresIn: 60 }),
        await createByKey({ name, level: 3, expiresIn: 60 }, basic),
      ]) {
        expect(status).toBe(201);
        expect(body.apikey).toMatchObject({ name, level: 3, userId: user.accountId });
      }
    },
  );

  it('F5: shows the secret in no other response and never stores it in the clear', async () => {
    const { key, secret, basic } = await server.newPersonalKey(user, 4);
    const query = new URLSearchParams({ targetId: key }).toString();
    for (const [path, credential] of [
      ['/apikeys/jwt', { token: user.token }],
      ['/apikeys/key', { basic }],
      [`/apikeys/${key}/jwt`, { token: user.token }],
      [`/apikeys/${key}/key`, { basic }],
      ['/whoami/key', { basic }],
      [`/api/v1/audit-events?${query}`, { token: owner.token }],
    ] as [string, RequestOptions][]) {
      const { status, text } = await server.call('GET', path, credential);
      expect(status).toBe(200);
      expect(text).toContain(key);
      expect(text).not.toContain(secret);
    }
  });

  it.each([0, 1, 2, 3])('F8: does not let a key of level %d create one', async (level) => {
    const { basic } = await server.newPersonalKey(user, level);
    const { status, body } = await createByKey({ ...GOOD, level: 0 }, basic);
    expect([status, body]).toEqual([403, { result: 'error', error: 'insufficientAccessLevel' }]);
  });

  it.each(['readSome', 'readOnly', 'writeSome'] as const)('F8: does not let the role %s create a key', async (role) => {
    const member = await server.newMember(owner, role);
    const { status, body } = await createByToken({}, member);
    expect([status, body]).toEqual([403, { result: 'error', error: 'insufficientAccessLevel' }]);
  });

  const TABLE: [string, string, unknown][] = [
    ['F10', 'postBodyMissing', undefined],
    ['F10', 'postBodyMissing', {}],
    ['F10', 'postBodyMissing', []],
    ['F11', 'nameMissing', { level: 4, expiresIn: 60 }],
    ['F11', 'nameMissing', { ...GOOD, name: '' }],
    ['F11', 'nameMissing', { ...GOOD, name: null }],
    ['F12', 'levelMissing', { name: 'A key', expiresIn: 60 }],
    ['F12', 'levelMissing', { ...GOOD, level: null }],
    ['F13', 'levelNotNumeric', { ...GOOD, level: '4' }],
    ['F13', 'levelNotNumeric', { ...GOOD, level: true }],
    ['F13', 'levelNotNumeric', { ...GOOD, level: [4] }],
    ['F14', 'invalidLevel', { ...GOOD, level: 9 }],
    ['F14', 'invalidLevel', { ...GOOD, level: -1 }],
    ['F14', 'invalidLevel', { ...GOOD, level: 3.5 }],
    ['F14', 'invalidLevel', { ...GOOD, level: 1e300 }],
    ['F15', 'expiresInMissing', { name: 'A key', level: 4 }],
    ['F15', 'expiresInMissing', { ...GOOD, expiresIn: 0 }],
    ['F15', 'expiresInMissing', { ...GOOD, expiresIn: null }],
    ['F16', 'expiresIsNotNumeric', { ...GOOD, expiresIn: '60' }],
    ['F16', 'expiresIsNotNumeric', { ...GOOD, expiresIn: true }],
    ['F17', 'expiresIsHigherThanMaximum', { ...GOOD, expiresIn: 31_536_001 }],
    ['F17', 'expiresIsHigherThanMaximum', { ...GOOD, expiresIn: 1e300 }],
    ['F19', 'keyLevelExceedsRoleLevel', { ...GOOD, level: 5 }],
    ['F19', 'keyLevelExceedsRoleLevel', { ...GOOD, level: 8 }],
    // The first rule that a body breaks answers, whatever else it breaks.
    ['F20', 'nameMissing', { level: '4' }],
    ['F20', 'nameMissing', { level: 99, expiresIn: -1 }],
    ['F20', 'nameMissing', { expiresIn: 0, level: 8, name: '' }],
    ['F20', 'levelMissing', { expiresIn: '60', name: 'A key' }],
    ['F20', 'levelNotNumeric', { expiresIn: 0, level: '99', name: 'A key' }],
    ['F20', 'invalidLevel', { name: 'A key', level: 9 }],
    ['F20', 'invalidLevel', { expiresIn: '60', level: -1.5, name: 'A key' }],
    ['F20', 'expiresInMissing', { level: 8, name: 'A key' }],
    ['F20', 'expiresIsNotNumeric', { level: 8, expiresIn: '31536001', name: 'A key' }],
    ['F20', 'expiresIsHigherThanMaximum', { level: 8, expiresIn: 31_536_001, name: 'A key' }],
    ['F20', 'expiresIsHigherThanMaximum', { ...GOOD, expiresIn: 31_536_001.5 }],
  ];

  it.each(TABLE)('%s: answers %s to %j, by token and by key', async (_, error, json) => {
    const { basic } = await server.newPersonalKey(user, 4);
    for (const { status, body } of [await createByToken(json), await createByKey(json, basic)]) {
      expect([status, body]).toEqual([400, { result: 'error', error }]);
    }
  });

  it('F12: accepts level 0', async () => {
    const { status, body } = await createByToken({ ...GOOD, level: 0 });
    expect([status, body.apikey.level]).toEqual([201, 0]);
  });

  it.each([-1, -3600, 0.5, 1.5, 3600.001])('F18: refuses %d seconds', async (expiresIn) => {
    const { status, body } = await createByToken({ ...GOOD, expiresIn });
    expect([status, body]).toEqual([400, { result: 'error', error: expect.any(String) }]);
    const aboveRole = await createByToken({ ...GOOD, expiresIn, level: 8 });
    expect(aboveRole.body).toEqual(body);
  });

  it('F19: bounds a key by the key that creates it, not by its owner', async () => {
    const { basic } = await server.newPersonalKey(server.admin, 4);
    const { status, body } = await createByKey({ ...GOOD, level: 5 }, basic);
    expect([status, body]).toEqual([400, { result: 'error', error: 'keyLevelExceedsRoleLevel' }]);
    expect((await createByKey(GOOD, basic)).status).toBe(201);
  });

  it('F19: lets an account of level 8 create a key of level 8', async () => {
    const { status, body } = await createByToken({ ...GOOD, level: 8 }, server.admin);
    expect([status, body.apikey.level]).toEqual([201, 8]);
  });

  it('F20: creates nothing when the body breaks a rule', async () => {
    const member = await server.newMember(owner, 'user');
    for (const [, , json] of TABLE) await createByToken(json, member);
    const { body } = await server.call('GET', '/apikeys/jwt', { token: member.token });
    expect(body.apikeys).toEqual([]);
  });

  it('leaves an audit record of who created which key, without the secret', async () => {
    const { body } = await createByToken({ ...GOOD, level: 1 });
    const { key, secret, expiresAt } = body.apikey;
    const query = new URLSearchParams({ action: 'api_key.created', targetId: key }).toString();
    const auditTrail = await server.call('GET', `/api/v1/audit-events?${query}`, { token: owner.token });
    expect(auditTrail.body.items).toEqual([
      expect.objectContaining({
        actor: { kind: 'account', accountId: user.accountId, keyId: null, memberId: user.uuid, username: user.email },
        merchantId: owner.merchantId,
        details: expect.objectContaining({ name: 'A key', level: 1, expiresAt }),
      }),
    ]);
    expect(auditTrail.text).not.toContain(secret);
  });
});

describe('accounts surface: ACCOUNTS_CREATED_RESULT', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ ACCOUNTS_CREATED_RESULT: 'created' });
  });
  afterAll(() => server.stop());

  it('F30: answers "created" where older clients expect it, and "success" where nothing is created', async () => {
    const { token } = server.admin;
    const created = await server.call('POST', '/apikeys/jwt', { token, json: GOOD });
    expect([created.status, created.body.result]).toEqual([201, 'created']);
    const signup = await server.call('POST', '/signup', { json: { email: 'new@person.example', language: 'en' } });
    expect([signup.status, signup.body.result]).toEqual([201, 'success']);
    const { basic } = await server.newPersonalKey(server.admin);
    const byKey = await server.call('POST', '/apikeys/key', { basic, json: GOOD });
    expect([byKey.status, byKey.body.result]).toEqual([201, 'created']);
    const list = await server.call('GET', '/apikeys/jwt', { token });
    expect([list.status, list.body.result]).toEqual([200, 'success']);
    const refused = await server.call('POST', '/apikeys/jwt', { token, json: {} });
    expect([refused.status, refused.body.result]).toEqual([400, 'error']);
  });
});
