/** Contracts of `POST /confirm/signup/{id}`: a confirmation activates one account, once, and only while nothing stands against it. */

import { randomUUID } from 'node:crypto';
import { Account } from '../../../src/accounts/account.entity.js';
import { TestServer } from '../../support/server.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const NOT_FOUND = { result: 'error', error: 'confirmationNotFound' };

describe('accounts surface: POST /confirm/signup/{id}', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.shared();
  });
  afterAll(() => server.stop());

  const newAddress = () => `New-${randomUUID()}@person.example`;
  const confirm = (id: string, json: unknown = { consent: 1 }) =>
    server.call('POST', `/confirm/signup/${id}`, { json });
  const uuidOf = async (email: string) =>
    (await server.dataSource.getRepository(Account).findOneByOrFail({ email })).uuid;

  async function newConfirmation(email = newAddress(), language = 'en'): Promise<string> {
    const json = { email, language, unittest: true };
    return (await server.call('POST', '/signup', { json })).body.confirmation;
  }

  it('answers with a token and the account', async () => {
    const email = newAddress();
    const { status, body } = await confirm(await newConfirmation(email, 'nl'), { consent: 2 });
    const { id } = body.account;
    expect(status).toBe(200);
    expect(id).toEqual(expect.any(Number));
    expect(body).toEqual({
      result: 'success',
      token: expect.any(String),
      account: {
        id,
        username: `user-${id}`,
        lusername: `user-${id}`,
        email,
        role: 'user',
        status: 1,
        consent: 2,
        language: 'nl',
        createdAt: expect.stringMatching(TIME),
        updatedAt: expect.stringMatching(TIME),
        lastSignIn: expect.stringMatching(TIME),
      },
    });
    const who = await server.call('GET', '/whoami/jwt', { token: body.token });
    expect([who.status, who.body.account]).toEqual([200, body.account]);
  });

  it('issues a token for the new account', async () => {
    const { body } = await confirm(await newConfirmation());
    const claims: unknown = JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString());
    const { id, username } = body.account;
    const texts = { aud: expect.any(String), iss: expect.any(String) };
    expect(claims).toMatchObject({ _id: id, username, role: 'user', status: 1, ...texts });
  });

  it.each(['en', 'de', 'es', 'fr', 'nl'])('keeps the language %s', async (language) => {
    const { body } = await confirm(await newConfirmation(newAddress(), language));
    expect(body.account.language).toBe(language);
  });

  it('gives the account a random password until it sets one', async () => {
    const { token, account } = (await confirm(await newConfirmation())).body;
    const { username } = account;
    const password = 'first own password';
    for (const guess of [password, username, 'null', 'undefined']) {
      const { status } = await server.call('POST', '/login', { json: { username, password: guess } });
      expect(status).toBe(401);
    }
    await server.call('PATCH', '/account/jwt', { token, json: { password } });
    expect((await server.call('POST', '/login', { json: { username, password } })).status).toBe(200);
  });

  it('gives the account a merchant of its own', async () => {
    const merchants: string[] = [];
    for (const id of [await newConfirmation(), await newConfirmation()]) {
      const { token } = (await confirm(id)).body;
      merchants.push((await server.call('GET', '/api/v1/merchants/me', { token })).body.id);
    }
    expect(new Set([...merchants, server.admin.merchantId]).size).toBe(3);
  });

  it.each([
    ['postBodyMissing', undefined],
    ['postBodyMissing', {}],
    ['consentRequired', { agreed: true }],
    ['consentRequired', { consent: 0 }],
    ['consentRequired', { consent: -1 }],
    ['consentRequired', { consent: '1' }],
    ['consentRequired', { consent: true }],
    ['consentRequired', { consent: null }],
    ['consentRequired', { consent: 1.5 }],
  ])('answers %s to %j without using up the confirmation', async (error, json) => {
    const id = await newConfirmation();
    const { status, body } = await server.call('POST', `/confirm/signup/${id}`, { json });
    expect([status, body]).toEqual([400, { result: 'error', error }]);
    expect((await confirm(id)).status).toBe(200);
  });

  it('works once', async () => {
    const id = await newConfirmation();
    expect((await confirm(id)).status).toBe(200);
    const { status, body } = await confirm(id);
    expect([status, body]).toEqual([404, NOT_FOUND]);
  });

  it('works once when several requests confirm at the same moment', async () => {
    const id = await newConfirmation();
    const answers = await Promise.all([1, 2, 3].map(() => confirm(id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
  });

  it.each(['unknown', '0'.repeat(48), '\0', "' OR 1=1 --"])('answers 404 to the confirmation id %j', async (id) => {
    const { status, body } = await confirm(encodeURIComponent(id));
    expect([status, body]).toEqual([404, NOT_FOUND]);
  });

  it('stands for nothing before it is used: there is neither an account nor a merchant', async () => {
    const email = newAddress();
    const merchants = async () =>
      (await server.call('GET', '/api/v1/merchants?limit=1', { token: server.admin.token })).body;
    const before = (await merchants()).totalItems;
    const id = await newConfirmation(email);
    expect(await server.dataSource.getRepository(Account).countBy({ email })).toBe(0);
    expect((await merchants()).totalItems).toBe(before);
    expect((await confirm(id)).status).toBe(200);
    expect((await merchants()).totalItems).toBe(Number(before) + 1);
  });

  it('expires after a week', async () => {
    const own = await TestServer.start();
    const json = { email: newAddress(), language: 'en', unittest: true };
    const [early, late] = await Promise.all(
      [json, { ...json, email: newAddress() }].map(
        async (body) => (await own.call('POST', '/signup', { json: body })).body,
      ),
    );
    own.clock.advance(7 * 86_400 - 60);
    expect((await own.call('POST', `/confirm/signup/${early.confirmation}`, { json: { consent: 1 } })).status).toBe(
      200,
    );
    own.clock.advance(60);
    const { status, body } = await own.call('POST', `/confirm/signup/${late.confirmation}`, { json: { consent: 1 } });
    expect([status, body]).toEqual([404, NOT_FOUND]);
    await own.stop();
  });

  it('leaves audit records of the account and the login', async () => {
    const email = newAddress();
    await confirm(await newConfirmation(email));
    const query = new URLSearchParams({ targetId: await uuidOf(email) }).toString();
    const { body } = await server.call('GET', `/api/v1/audit-events?${query}`, { token: server.admin.token });
    const actions = body.items.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(['account.created', 'account.logged_in']));
  });
});
