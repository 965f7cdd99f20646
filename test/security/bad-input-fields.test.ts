/** Guarantee: no value in any field of any body leads to a crash; it is refused in the envelope or processed. */

import { randomUUID } from 'node:crypto';
import { expectEnvelope } from '../support/envelope.js';
import { PASSWORD, TestServer, type User } from '../support/server.js';

type Body = Record<string, unknown>;

/** A request that succeeds, once; after a refusal it still does. */
interface Order {
  method: string;
  path: string;
  token?: string;
  json: Body;
}

const ODD: [name: string, value: unknown][] = [
  ['null', null],
  ['a number', 7],
  ['a huge number', 1e308],
  ['a fraction', 0.5],
  ['a boolean', true],
  ['an array', ['x']],
  ['an object', { toString: 'x' }],
  ['an empty text', ''],
  ['blanks', ' \t\n'],
  ['a NUL', 'a\0b'],
  ['a lone surrogate', 'a\uD800b'],
  ['a very long text', 'x'.repeat(100_000)],
  ['a long text of emoji', '👩‍👩‍👧‍👦'.repeat(25)],
  ['SQL', "x'); DROP TABLE account; --"],
  ['a line break', 'a@b.example\r\nBcc: c@d.example'],
];

describe('invalid input, field by field', () => {
  let server: TestServer;
  let user: User;
  let changing: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    changing = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const email = () => `somebody-${randomUUID()}@shop.example`;
  const pathOf = (link: string): string => new URL(link).pathname + new URL(link).search;

  const ORDERS: Record<string, () => Promise<Order> | Order> = {
    'a login of the clients': () => ({ method: 'POST', path: '/api/auth/login', json: logIn('username') }),
    'a login of the merchants': () => ({ method: 'POST', path: '/api/v1/auth/login', json: logIn('username') }),
    'a login by address': () => ({ method: 'POST', path: '/login', json: logIn('email') }),
    'a sign-in': () => ({ method: 'POST', path: '/signin', json: { id: user.accountId, password: PASSWORD } }),
    'a signup': () => ({ method: 'POST', path: '/signup', json: { email: email(), language: 'nl', unittest: true } }),
    'a confirmation': async () => {
      const json = { email: email(), language: 'nl', unittest: true };
      const { confirmation } = (await server.call('POST', '/signup', { json })).body;
      return { method: 'POST', path: `/confirm/signup/${confirmation}`, json: { consent: 1 } };
    },
    'a recovery': () => ({ method: 'POST', path: '/recover', json: { email: user.email } }),
    'a name to look for': () => ({
      method: 'POST',
      path: '/available/username/jwt',
      token: user.token,
      json: { username: 'admin' },
    }),
    'a changed account': () => ({
      method: 'PATCH',
      path: '/account/jwt',
      token: changing.token,
      json: {
        username: `name-${randomUUID().slice(0, 8)}`,
        language: 'de',
        password: PASSWORD,
        currentPassword: PASSWORD,
        consent: 1,
        email: email(),
      },
    }),
    'a personal key': () => ({
      method: 'POST',
      path: '/apikeys/jwt',
      token: user.token,
      json: { name: 'A key', level: 4, expiresIn: 60 },
    }),
    'a key of a client': async () => {
      const { body } = await server.call('POST', '/api/clients/generate-service-id', { token: user.token });
      const json = { service_id: body.data.SERVICE_ID, expires_in: 60 };
      return { method: 'POST', path: '/api/clients/generate-api-key', token: user.token, json };
    },
    'keys of a client to delete': () => ({
      method: 'DELETE',
      path: '/api/clients/api-keys/bulk',
      token: user.token,
      json: { api_key_ids: [randomUUID()] },
    }),
    'an invited merchant': () => ({
      method: 'POST',
      path: '/api/v1/merchants/invite',
      token: server.admin.token,
      json: { email: email() },
    }),
    'a new merchant': async () => {
      const invitation = { token: server.admin.token, json: {} };
      const { body } = await server.call('POST', '/api/v1/merchants/invite', invitation);
      const organization = {
        legalBusinessName: 'Example Ltd',
        tradingName: 'Example',
        registrationNumber: 'HRB 1',
        taxNumber: 'DE1',
        country: 'DE',
        website: 'https://shop.example',
        address: '1 Market Street',
      };
      const admin = { email: email(), password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace' };
      return { method: 'POST', path: pathOf(body.signupLink), json: { organization, admin } };
    },
    'a blocked merchant': async () => ({
      method: 'PATCH',
      path: `/api/v1/merchants/${(await server.newMerchant()).merchantId}`,
      token: server.admin.token,
      json: { status: 'blocked' },
    }),
    'an invited member': () => ({
      method: 'POST',
      path: '/api/v1/members',
      token: user.token,
      json: { email: email(), role: 'readSome' },
    }),
    'a new member': async () => {
      const invitation = { token: user.token, json: { email: email(), role: 'readSome' } };
      const { body } = await server.call('POST', '/api/v1/members', invitation);
      const json = { password: PASSWORD, firstName: 'Grace', lastName: 'Hopper' };
      return { method: 'POST', path: pathOf(body.signupLink), json };
    },
    'a changed member': async () => ({
      method: 'PATCH',
      path: `/api/v1/members/${(await server.newMember(user, 'user')).uuid}`,
      token: user.token,
      json: { role: 'readOnly', status: 'disabled' },
    }),
    'an application': () => ({
      method: 'POST',
      path: '/api/v1/applications',
      token: user.token,
      json: { name: `app ${randomUUID()}`, description: 'The web shop', environment: 'test' },
    }),
    'a changed application': () => ({
      method: 'PATCH',
      path: `/api/v1/applications/${application}`,
      token: user.token,
      json: { name: `app ${randomUUID()}`, description: 'Another shop' },
    }),
    'a disabled application': () => ({
      method: 'PATCH',
      path: `/api/v1/applications/${application}/status`,
      token: user.token,
      json: { isEnabled: false },
    }),
    'a key of an application': () => ({
      method: 'POST',
      path: `/api/v1/applications/${application}/api-keys`,
      token: user.token,
      json: { description: 'A key' },
    }),
  };
  const logIn = (name: string): Body => ({ [name]: user.email, password: PASSWORD });
  const send = ({ method, path, token, json }: Order) =>
    server.call(method, path, { token, body: JSON.stringify(json), headers: { 'content-type': 'application/json' } });

  describe.each(Object.keys(ORDERS))('%s', (name) => {
    const order = () => ORDERS[name]?.() ?? Promise.reject(new Error(name));

    it('succeeds as it is', async () => {
      expect([200, 201]).toContain((await send(await order())).status);
    });

    it.each(ODD)('is refused or processed with %s in any field', async (_, value) => {
      let unused = await order();
      for (const field of fieldsOf(unused.json)) {
        const answer = await send({ ...unused, json: withField(unused.json, field, value) });
        expect([field, answer.status >= 500]).toEqual([field, false]);
        if (answer.status >= 400) expectEnvelope(unused.path, answer);
        else unused = await order();
      }
    });
  });
});

/** Where values stand in a body: `name`, or `admin.name`. */
function fieldsOf(json: Body): string[] {
  return Object.entries(json).flatMap(([name, value]) =>
    typeof value === 'object' && !Array.isArray(value)
      ? [name, ...fieldsOf(value as Body).map((inner) => `${name}.${inner}`)]
      : [name],
  );
}

function withField(json: Body, field: string, value: unknown): Body {
  const [name = '', ...rest] = field.split('.');
  return { ...json, [name]: rest.length === 0 ? value : withField(json[name] as Body, rest.join('.'), value) };
}
