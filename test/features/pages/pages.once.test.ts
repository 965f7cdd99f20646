/** Guarantee: every link in a mail opens a page that works without scripts, that changes nothing when it is looked at, and that runs nothing. */

import { randomUUID } from 'node:crypto';
import type { Answer } from '../../support/http.js';
import { PASSWORD, TestServer } from '../../support/server.js';

const NAMES = { firstName: 'Ada', lastName: 'Lovelace' };

describe('pages', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.shared();
  });
  afterAll(() => server.stop());

  const newAddress = () => `${randomUUID()}@people.example`;
  const open = (url: string) => server.call('GET', new URL(url).pathname + new URL(url).search);
  const logIn = (username: string, password: string) => server.call('POST', '/login', { json: { username, password } });

  /** What a browser sends when the form of a page is filled in. */
  function submit({ text }: Answer, values: Record<string, string>) {
    const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1] ?? '';
    const inputs = [...text.matchAll(/<input([^>]*)>/gs)].map(([, attributes = '']) => ({
      name: /name="([^"]+)"/.exec(attributes)?.[1] ?? '',
      value: /value="([^"]*)"/.exec(attributes)?.[1] ?? '',
    }));
    const filled = inputs.map(({ name, value }): [string, string] => [name, values[name] ?? value]);
    return server.call('POST', action, { form: Object.fromEntries(filled) });
  }

  const linksIn = ({ text }: Answer) => [...text.matchAll(/<a href="([^"]*)"/g)].map(([, target]) => target);

  /** Accepts an invitation at another instance. */
  async function acceptInvitation(instance: TestServer): Promise<Answer> {
    const email = newAddress();
    const json = { email, role: 'user' };
    await server.call('POST', '/api/v1/members', { token: (await server.newMerchant()).token, json });
    const token = new URL(await server.mailbox.linkTo(email)).searchParams.get('token') ?? '';
    return instance.call('POST', '/pages/members/signup', { form: { ...NAMES, token, password: PASSWORD } });
  }

  /** What a mailed link leads to, for each kind of link: how it comes about, what is filled in, and what is true afterwards. */
  const links: [
    string,
    () => Promise<{ link: string; values: Record<string, string>; isDone: () => Promise<void> }>,
  ][] = [
    [
      "a member's invitation",
      async () => {
        const email = newAddress();
        const json = { email, role: 'user' };
        await server.call('POST', '/api/v1/members', { token: (await server.newMerchant()).token, json });
        const isDone = async () => expect((await logIn(email, PASSWORD)).status).toBe(200);
        return { link: await server.mailbox.linkTo(email), values: { ...NAMES, password: PASSWORD }, isDone };
      },
    ],
    [
      "a merchant's invitation",
      async () => {
        const email = newAddress();
        await server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json: { email } });
        const values = { ...NAMES, legalBusinessName: 'Example & Söhne', password: PASSWORD };
        const isDone = async () => expect((await logIn(email, PASSWORD)).status).toBe(200);
        return { link: await server.mailbox.linkTo(email), values, isDone };
      },
    ],
    [
      'a signup',
      async () => {
        const email = newAddress();
        await server.call('POST', '/signup', { json: { email, language: 'en' } });
        const isDone = async () =>
          expect((await logIn(email, PASSWORD)).body.account).toMatchObject({ email, consent: 1 });
        return { link: await server.mailbox.linkTo(email), values: { password: PASSWORD, consent: '1' }, isDone };
      },
    ],
    [
      'a new e-mail address',
      async () => {
        const user = await server.newMerchant();
        const email = newAddress();
        const json = { email, currentPassword: PASSWORD };
        await server.call('PATCH', '/account/jwt', { token: user.token, json });
        const isDone = async () => expect((await logIn(email, PASSWORD)).body.account).toMatchObject({ email });
        return { link: await server.mailbox.linkTo(email), values: {}, isDone };
      },
    ],
    [
      'a recovery',
      async () => {
        const { email } = await server.newMerchant();
        const page = await server.call('GET', '/recover');
        expect((await submit(page, { email })).status).toBe(200);
        const password = `another ${PASSWORD}`;
        const isDone = async () => expect((await logIn(email, password)).status).toBe(200);
        return { link: await server.mailbox.linkTo(email, /recovery/), values: { password }, isDone };
      },
    ],
  ];

  describe.each(links)('of %s', (_, prepare) => {
    it('do what the API does, once', async () => {
      const { link, values, isDone } = await prepare();
      const page = await open(link);
      expect(page.status).toBe(200);
      // Looking at it again, as the scanner of a mail server does, changes nothing.
      expect((await open(link)).text).toBe(page.text);
      const done = await submit(page, values);
      expect([done.status < 300, done.text]).toEqual([true, expect.not.stringContaining('<form')]);
      expect(linksIn(done)).toEqual(['/console']);
      await isDone();
      expect([404, 410]).toContain((await open(link)).status);
      expect([404, 410]).toContain((await submit(page, values)).status);
    });

    it('run nothing, load nothing and cannot be framed, also when they refuse', async () => {
      const { link } = await prepare();
      const page = await open(link);
      const refused = await open(link.slice(0, -3));
      expect([404, 410]).toContain(refused.status);
      for (const { headers, text } of [page, refused]) {
        expect(headers['content-type']).toBe('text/html; charset=utf-8');
        expect(headers['content-security-policy']).toMatch(
          /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'/,
        );
        expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
        expect(text).not.toMatch(/<script|https?:\/\/|\son\w+=|\sstyle=/);
      }
    });

    it('tell what is missing, keep what was typed, and leave the link valid', async () => {
      const { link, values, isDone } = await prepare();
      const page = await open(link);
      if (Object.keys(values).length === 0) return;
      const wrong = await submit(page, { ...values, firstName: '"><b>', lastName: '', password: 'passwordpassword' });
      expect(wrong.status).toBe(400);
      expect(wrong.text).toContain('role="alert"');
      expect(wrong.text).not.toContain('passwordpassword');
      if (values.firstName) expect(wrong.text).toContain('&quot;&gt;&lt;b&gt;');
      expect(wrong.text).not.toContain('<b>');
      expect((await submit(wrong, values)).status).toBeLessThan(300);
      await isDone();
    });
  });

  const invite = async (email: string) => {
    const json = { email, role: 'user' };
    await server.call('POST', '/api/v1/members', { token: (await server.newMerchant()).token, json });
    return open(await server.mailbox.linkTo(email));
  };

  it('say whom they are for, also to password managers, and cut no password off', async () => {
    const email = newAddress();
    const page = await invite(email);
    const wrong = await submit(page, { ...NAMES, password: 'too short' });
    for (const { text } of [page, wrong]) {
      expect(text).toContain(`join Example Shop Ltd. You log in with your e-mail address, ${email}.`);
      expect(text).toMatch(new RegExp(`<input type="text" name="username" value="${email}" autocomplete="username"`));
      expect(/<input[^>]*type="password"[^>]*>/s.exec(text)?.[0]).not.toContain('maxlength');
    }
  });

  it('tell which name holds characters that are not allowed', async () => {
    const page = await invite(newAddress());
    const wrong = await submit(page, { ...NAMES, firstName: 'A\u200bda', password: PASSWORD });
    expect(wrong.text).toContain('Your first name holds characters that are not allowed.');
  });

  it.each([
    ['/confirm/recovery/gone', '<a href="/recover">Ask for a new one.</a>'],
    ['/api/v1/members/signup?token=gone', 'Ask the person who invited you for a new one.'],
    ['/confirm/signup/gone', 'Sign up again to get a new one.'],
  ])('say how to get a new link instead of %s', async (path, text) => {
    expect((await server.call('GET', path)).text).toContain(text);
  });

  it('answer with a page also what cannot be read', async () => {
    for (const [contentType, body, status] of [
      ['text/plain', 'email', 415],
      ['application/x-www-form-urlencoded', `email=${'a'.repeat(300_000)}`, 413],
    ] as const) {
      const answer = await fetch(`${server.url}/pages/recover`, {
        method: 'POST',
        headers: { 'Content-Type': contentType },
        body,
      });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
      expect(await answer.text()).toContain('This did not work');
    }
  });

  it('send their forms below the path of PUBLIC_URL, and lead to the console there', async () => {
    const below = await server.another({ PUBLIC_URL: 'https://shop.example/keys/' });
    const { text } = await below.call('GET', '/recover');
    expect(text).toContain('<form method="post" action="/keys/pages/recover">');
    const done = await acceptInvitation(below);
    await below.close();
    expect(linksIn(done)).toEqual(['/keys/console']);
  });

  it('lead to no console where there is none', async () => {
    const without = await server.another({ CONSOLE: 'false' });
    const done = await acceptInvitation(without);
    await without.close();
    expect([done.status, linksIn(done)]).toEqual([201, []]);
  });

  it('take nothing but forms', async () => {
    const { headers, status } = await server.call('POST', '/pages/recover', { json: { email: newAddress() } });
    expect([status, headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
  });

  it('answer alike for an address that has an account and one that has none', async () => {
    const known = (await server.newMerchant()).email;
    const page = await server.call('GET', '/recover');
    const texts = await Promise.all(
      [known, newAddress()].map(async (email) => (await submit(page, { email })).text.replaceAll(email, '…')),
    );
    expect(texts[0]).toBe(texts[1]);
  });
});
