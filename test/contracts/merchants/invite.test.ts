/** Contracts of `POST /api/v1/merchants/invite`: who invites merchants, and where the signup link leads. */

import { randomUUID } from 'node:crypto';
import { OneTimeLink } from '../../../src/accounts/links/one-time-link.entity.js';
import type { RequestOptions } from '../../support/http.js';
import { mailedLink, newMerchantBody, pathOf } from '../../support/links.js';
import { TestServer, type User } from '../../support/server.js';

const INVITE = '/api/v1/merchants/invite';
const TOKEN = '[A-Za-z0-9_-]{32,}';

describe('merchants surface: invitations of merchants', () => {
  let server: TestServer;
  let support: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    support = await server.newMember(server.admin, 'support');
  });
  afterAll(() => server.stop());

  const invite = (options: RequestOptions = {}, on = server) =>
    on.call('POST', INVITE, { token: on.admin.token, ...options });

  it.each<[string, RequestOptions]>([
    ['an empty object', { json: {} }],
    ['a JSON content type without a body', { headers: { 'content-type': 'application/json' } }],
    ['nothing', {}],
  ])('answers %s with a link for two hours, and sends no mail', async (_, options) => {
    const { status, body } = await invite(options);
    expect([status, body]).toEqual([201, { signupLink: expect.any(String), expiresIn: 7200 }]);
    expect(body.signupLink).toMatch(new RegExp(`^${server.url}/api/v1/merchants/signup\\?token=${TOKEN}$`));
    const later = `later-${randomUUID()}@shop.example`;
    await invite({ json: { email: later } });
    await server.mailbox.latestTo(later);
    expect(server.mailbox.mails.filter(({ text }) => text.includes(body.signupLink))).toEqual([]);
  });

  it('mails a link when an address is given, which is another one than that of the answer', async () => {
    const email = `new-${randomUUID()}@shop.example`;
    const { status, body } = await invite({ json: { email } });
    expect(status).toBe(201);
    const mailed = await mailedLink(server, email);
    expect(mailed).toMatch(new RegExp(`^/api/v1/merchants/signup\\?token=${TOKEN}$`));
    expect(mailed).not.toBe(pathOf(body.signupLink));
    expect((await server.call('POST', mailed, { json: newMerchantBody(email) })).status).toBe(201);
    const again = await server.call('POST', pathOf(body.signupLink), { json: newMerchantBody(`other-${email}`) });
    expect(again.status).toBe(410);
  });

  it('requires level 7', async () => {
    expect((await invite({ token: support.token, json: {} })).status).toBe(201);
  });

  it.each(['readSome', 'readOnly', 'writeSome', 'user', 'bughunter'] as const)('refuses the role %s', async (role) => {
    const { token } = await server.newMember(server.admin, role);
    const { status, body } = await invite({ token, json: {} });
    expect([status, body]).toEqual([
      403,
      { error: 'Forbidden', message: "You don't have permission to access this resource", code: 403 },
    ]);
  });

  it('refuses a missing login', async () => {
    expect((await server.call('POST', INVITE, { json: {} })).status).toBe(401);
  });

  it.each([
    'no address',
    '',
    7,
    ['a@shop.example'],
    'a@shop.example\r\nBcc: b@shop.example',
    `${'a'.repeat(250)}@shop.example`,
  ])('refuses the address %j', async (email) => {
    const { status, body } = await invite({ json: { email } });
    expect([status, body.details]).toEqual([400, [{ field: 'email', message: expect.any(String) }]]);
  });

  it('stores only the hash of the token', async () => {
    const { body } = await invite({ json: {} });
    const token = new URL(body.signupLink).searchParams.get('token') ?? '';
    const links = await server.dataSource.getRepository(OneTimeLink).find();
    expect(links.length).toBeGreaterThan(0);
    expect(JSON.stringify(links)).not.toContain(token);
  });

  describe('the origin of the link', () => {
    const originFor = async (headers: Record<string, string>, on = server): Promise<string> => {
      const { status, body } = await invite({ json: {}, headers }, on);
      expect(status).toBe(201);
      return (body.signupLink as string).replace(new RegExp(`/api/v1/merchants/signup\\?token=${TOKEN}$`), '');
    };

    it.each(['keys.shop.example', 'keys.shop.example:8443', '127.0.0.1:3000', '[::1]:3000'])(
      "is the request's: %s",
      async (host) => {
        expect(await originFor({ host })).toBe(`http://${host}`);
      },
    );

    it.each(['evil.example/path?x=', 'user@evil.example', 'evil.example#', 'a b'])(
      'is not taken from an invalid Host header: %j',
      async (host) => {
        const { status, body } = await invite({ json: {}, headers: { host } });
        expect([201, 400]).toContain(status);
        expect(body.signupLink ?? '').not.toContain(host);
      },
    );

    it('is not taken from the headers of an untrusted proxy', async () => {
      const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
      expect(await originFor(headers)).toBe(server.url);
    });

    it.each(['/api/v1/merchants/invite', '/api/v1/members'])(
      'is never the Host header of %s in a mail',
      async (path) => {
        const email = `invited-${randomUUID()}@shop.example`;
        const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
        const json = { email, ...(path.endsWith('members') && { role: 'user' }) };
        const { status } = await server.call('POST', path, { token: server.admin.token, headers, json });
        const { text } = await server.mailbox.latestTo(email);
        expect([status, text]).toEqual([201, expect.stringMatching(/http:\/\/127\.0\.0\.1\S*\?token=/)]);
        expect(text).not.toContain('evil.example');
      },
    );

    it('is PUBLIC_URL where it is set, whatever the Host header says', async () => {
      const published = await TestServer.start({ PUBLIC_URL: 'https://keys.example/base/' });
      try {
        for (const headers of [{}, { host: 'evil.example' }]) {
          expect(await originFor(headers as Record<string, string>, published)).toBe('https://keys.example/base');
        }
        const email = `member-${randomUUID()}@shop.example`;
        const json = { email, role: 'user' };
        const { body } = await published.call('POST', '/api/v1/members', { token: published.admin.token, json });
        expect(body.signupLink).toMatch(/^https:\/\/keys\.example\/base\/api\/v1\/members\/signup\?token=/);
        const { text } = await published.mailbox.latestTo(email);
        expect(text).toContain('https://keys.example/base/api/v1/members/signup?token=');
        published.secrets.add(/token=([\da-f]+)/.exec(text)?.[1] ?? '');
      } finally {
        await published.stop();
      }
    });
  });
});
