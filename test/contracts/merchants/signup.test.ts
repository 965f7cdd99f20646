/**
 * Contracts of `POST /api/v1/merchants/signup`: a link signs one merchant up, once, within two hours; a signup that fails does not use it
 * up.
 */

import { randomUUID } from 'node:crypto';
import { Merchant } from '../../../src/accounts/merchant.entity.js';
import { PASSWORD, TestServer } from '../../support/server.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const GONE = { error: 'Gone', message: expect.stringMatching(/\S/), code: 410 };

interface SignUp {
  organization: Record<string, unknown>;
  admin: Record<string, unknown>;
}

describe('merchants surface: signup', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());

  /** The path and query of a fresh signup link. */
  async function newLink(): Promise<string> {
    const { body } = await server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json: {} });
    const { pathname, search } = new URL(body.signupLink);
    return pathname + search;
  }

  const signUp = (link: string, json: unknown) => server.call('POST', link, { json });

  function newBody(admin: object = {}, organization: object = {}): SignUp {
    return {
      organization: { legalBusinessName: 'Example Shop Ltd', ...organization },
      admin: {
        email: `owner-${randomUUID()}@shop.example`,
        password: PASSWORD,
        firstName: 'Ada',
        lastName: 'Lovelace',
        ...admin,
      },
    };
  }

  it('signs a merchant up, with a first member who has level 4 and the e-mail address as username', async () => {
    const details = { tradingName: 'Example', country: 'DE', website: 'https://shop.example' };
    const json = newBody({}, details);
    const { status, body } = await signUp(await newLink(), json);
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(UUID),
        clientId: expect.stringMatching(/^\d{8}$/),
        name: 'Example Shop Ltd',
        createdAt: expect.stringMatching(TIME),
      },
    ]);
    const { token, merchantId, clientId } = await server.logIn(json.admin.email as string, PASSWORD);
    expect([merchantId, clientId]).toEqual([body.id, body.clientId]);
    const { account } = (await server.call('GET', '/whoami/jwt', { token })).body;
    expect(account).toMatchObject({ username: json.admin.email, email: json.admin.email, role: 'user', status: 1 });
    expect((await server.call('GET', '/api/v1/merchants/me', { token })).body).toMatchObject({ ...body, details });
  });

  it('refuses a used link, whatever the body is', async () => {
    const link = await newLink();
    expect((await signUp(link, newBody())).status).toBe(201);
    const { status, body } = await signUp(link, newBody());
    expect([status, body]).toEqual([410, GONE]);
  });

  it('accepts exactly one of several simultaneous signups with one link', async () => {
    const link = await newLink();
    const merchants = server.dataSource.getRepository(Merchant);
    const before = await merchants.count();
    const answers = await Promise.all(Array.from({ length: 8 }, () => signUp(link, newBody())));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 410, 410, 410, 410, 410, 410, 410]);
    expect(await merchants.count()).toBe(before + 1);
  });

  it('accepts exactly one of several simultaneous signups with one e-mail address', async () => {
    const links = await Promise.all(Array.from({ length: 5 }, newLink));
    const json = newBody();
    const answers = await Promise.all(links.map((link) => signUp(link, json)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    const losers = links.filter((_, at) => answers[at]?.status === 409);
    for (const link of losers) expect((await signUp(link, newBody())).status).toBe(201);
  });

  it('refuses links that were not issued for merchants', async () => {
    const link = await newLink();
    const links = [
      link.replace(/token=.*/, `token=${'0'.repeat(48)}`),
      `${link}0`,
      `${link}%20`,
      (await newMemberLink()).replace('/members/', '/merchants/'),
    ];
    for (const wrong of links) {
      const { status, body } = await signUp(wrong, newBody());
      expect([wrong, status, body]).toEqual([wrong, 410, GONE]);
    }
    expect((await signUp(link, newBody())).status).toBe(201);
  });

  it.each(['', '?token=', '?token=a&token=b', `?token=${'a'.repeat(201)}`])(
    'answers 400 to a query without a token: %j',
    async (query) => {
      const { status, body } = await signUp(`/api/v1/merchants/signup${query}`, newBody());
      expect([status, body.details]).toEqual([400, [{ field: 'token', message: expect.any(String) }]]);
    },
  );

  describe('a signup that fails does not use up the link', () => {
    let link: string;
    beforeAll(async () => {
      link = await newLink();
    });
    afterAll(async () => {
      expect((await signUp(link, newBody())).status).toBe(201);
    });

    it.each<[string, unknown]>([
      ['admin.password', newBody({ password: 'x'.repeat(15) })],
      ['admin.password', newBody({ password: 'x'.repeat(33) })],
      ['admin.password', newBody({ password: '🔑'.repeat(15) })],
      ['admin.password', newBody({ password: undefined })],
      ['admin.password', newBody({ password: 1_234_567_890_123_456 })],
      ['admin.email', newBody({ email: 'no address' })],
      ['admin.email', newBody({ email: undefined })],
      ['admin.email', newBody({ email: ['owner@shop.example'] })],
      ['admin.firstName', newBody({ firstName: ' ' })],
      ['admin.lastName', newBody({ lastName: undefined })],
      ['admin.lastName', newBody({ lastName: 'x'.repeat(101) })],
      ['organization.legalBusinessName', newBody({}, { legalBusinessName: '' })],
      ['organization.legalBusinessName', newBody({}, { legalBusinessName: undefined })],
      ['organization.country', newBody({}, { country: 'Germany' })],
      ['organization.website', newBody({}, { website: 'javascript:alert(1)' })],
      ['organization', { admin: newBody().admin }],
      ['organization', { ...newBody(), organization: 'Example Shop Ltd' }],
      ['admin', { organization: newBody().organization }],
      ['admin', { ...newBody(), admin: null }],
    ])('with 400 for %s', async (field, json) => {
      const { status, body } = await signUp(link, json);
      expect([status, body]).toEqual([
        400,
        {
          error: 'Bad Request',
          message: 'The request contains invalid parameters or malformed data',
          code: 400,
          details: [{ field, message: expect.any(String) }],
        },
      ]);
    });

    it('with 400 for malformed JSON', async () => {
      const headers = { 'content-type': 'application/json' };
      expect((await server.call('POST', link, { headers, body: '{"admin":' })).status).toBe(400);
    });

    it('with 409 for an e-mail address that is taken, in any letter case, and creates no merchant', async () => {
      const { email } = await server.newMerchant();
      const name = `Latecomer ${randomUUID()}`;
      for (const taken of [email, email.toUpperCase()]) {
        const { status, body } = await signUp(link, newBody({ email: taken }, { legalBusinessName: name }));
        expect([status, body]).toEqual([
          409,
          { error: 'Conflict', message: 'This e-mail address is already in use', code: 409 },
        ]);
      }
      expect(await server.dataSource.getRepository(Merchant).countBy({ name })).toBe(0);
    });
  });

  it.each(['x7#-'.repeat(4), 'x7#-'.repeat(8), '🔑'.repeat(32)])('accepts the password %s', async (password) => {
    const json = newBody({ password });
    expect((await signUp(await newLink(), json)).status).toBe(201);
    const login = { username: json.admin.email, password };
    expect((await server.call('POST', '/api/v1/auth/login', { json: login })).status).toBe(200);
  });

  it('gives level 4, and refuses a body that asks for a role or rights', async () => {
    const link = await newLink();
    const rights = { role: 'admin', level: 8, merchantId: server.admin.merchantId };
    expect((await signUp(link, newBody(rights))).status).toBe(400);
    const json = newBody({});
    expect((await signUp(link, json)).status).toBe(201);
    const { token, merchantId } = await server.logIn(json.admin.email as string, PASSWORD);
    expect((await server.call('GET', '/whoami/jwt', { token })).body.account.role).toBe('user');
    expect(merchantId).not.toBe(server.admin.merchantId);
  });

  it('refuses a link after 7200 seconds', async () => {
    const inTime = await newLink();
    const late = await newLink();
    server.clock.advance(7100);
    expect((await signUp(inTime, newBody())).status).toBe(201);
    server.clock.advance(101);
    const { status, body } = await signUp(late, newBody());
    expect([status, body]).toEqual([410, GONE]);
  });

  async function newMemberLink(): Promise<string> {
    const json = { email: `member-${randomUUID()}@shop.example`, role: 'user' };
    const { body } = await server.call('POST', '/api/v1/members', { token: server.admin.token, json });
    const { pathname, search } = new URL(body.signupLink);
    return pathname + search;
  }
});
