/** Contracts of `POST /signup`: the same answer for known and unknown addresses, and confirmations by mail alone. */

import { randomUUID } from 'node:crypto';
import { Account } from '../../../src/accounts/account.entity.js';
import { TestServer } from '../../support/server.js';

const newAddress = () => `new-${randomUUID()}@person.example`;

async function mailedId(server: TestServer, email: string): Promise<string> {
  const { text } = await server.mailbox.latestTo(email);
  const id = /\/confirm\/signup\/(\w+)/.exec(text)?.[1] ?? '';
  server.secrets.add(id);
  return id;
}

describe('accounts surface: signup, confirmations by mail only', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ ALLOW_UNITTEST_SIGNUP: 'false' });
  });
  afterAll(() => server.stop());

  const signUp = (json: unknown) => server.call('POST', '/signup', { json });
  const confirm = (id: string) => server.call('POST', `/confirm/signup/${id}`, { json: { consent: 1 } });

  it('answers with only the address and mails the confirmation id', async () => {
    const email = newAddress();
    const { status, body } = await signUp({ email, language: 'en' });
    expect([status, body]).toEqual([201, { result: 'success', email }]);
    expect((await confirm(await mailedId(server, email))).status).toBe(200);
  });

  it.each([
    ['postBodyMissing', undefined],
    ['postBodyMissing', {}],
    ['postBodyMissing', []],
    ['emailMissing', { language: 'en' }],
    ['emailMissing', { email: '', language: 'en' }],
    ['emailMissing', { email: null, language: 'xx' }],
    ['languageMissing', { email: 'ada@person.example' }],
    ['languageMissing', { email: 'ada@person.example', language: '' }],
    ['languageMissing', { email: 'ada@person.example', language: null }],
    ['unsupportedLanguage', { email: 'ada@person.example', language: 'xx' }],
    ['unsupportedLanguage', { email: 'ada@person.example', language: 'EN' }],
    ['unsupportedLanguage', { email: 'ada@person.example', language: ['en'] }],
    ['unsupportedLanguage', { email: 'ada@person.example', language: 1 }],
    ['invalidEmail', { email: 'ada', language: 'en' }],
    ['invalidEmail', { email: 7, language: 'en' }],
    ['invalidEmail', { email: 'ada@person.example\r\nBcc: eve@person.example', language: 'en' }],
  ])('answers %s to %j', async (error, json) => {
    const { status, body } = await signUp(json);
    expect([status, body]).toEqual([400, { result: 'error', error }]);
  });

  it('gives a known address, in any letter case, the same answer, and mails it no confirmation id', async () => {
    const email = newAddress();
    const first = await signUp({ email, language: 'en' });
    await confirm(await mailedId(server, email));
    // Another mail of its kind goes to an address a minute later.
    server.clock.advance(61);
    const shouted = email.toUpperCase();
    const second = await signUp({ email: shouted, language: 'en' });
    expect([second.status, second.body]).toEqual([201, { result: 'success', email: shouted }]);
    expect(Object.keys(second.headers)).toEqual(Object.keys(first.headers));
    // A mail server may see the part after the @ in small letters.
    const { text } = await server.mailbox.latestTo(shouted.replace(/@.*/, (host) => host.toLowerCase()));
    expect(text).toContain('You have an account already');
    expect(text).not.toContain('/confirm/signup/');
  });

  it('shows no confirmation id for `unittest: true`', async () => {
    const email = newAddress();
    const { status, body } = await signUp({ email, language: 'en', unittest: true });
    expect([status, body]).toEqual([201, { result: 'success', email }]);
  });
});

describe('accounts surface: signup with ALLOW_UNITTEST_SIGNUP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.shared();
  });
  afterAll(() => server.stop());

  const signUp = (json: unknown) => server.call('POST', '/signup', { json });
  const confirm = (id: string) => server.call('POST', `/confirm/signup/${id}`, { json: { consent: 1 } });

  it('shows the confirmation id for `unittest: true`', async () => {
    const email = newAddress();
    const { status, body } = await signUp({ email, language: 'en', unittest: true });
    expect([status, body]).toEqual([201, { result: 'success', email, confirmation: expect.any(String) }]);
    expect(body.confirmation).toBe(await mailedId(server, email));
  });

  it('shows no confirmation id without `unittest: true`', async () => {
    for (const extra of [{}, { unittest: false }]) {
      const email = newAddress();
      const { status, body } = await signUp({ email, language: 'en', ...extra });
      expect([status, body]).toEqual([201, { result: 'success', email }]);
    }
  });

  it('shows for a known address a confirmation id that confirms nothing', async () => {
    const json = { email: newAddress(), language: 'en', unittest: true };
    const first = (await signUp(json)).body.confirmation;
    expect((await confirm(first)).status).toBe(200);
    const second = (await signUp(json)).body.confirmation;
    expect(second).toHaveLength(first.length);
    expect((await confirm(second)).status).toBe(404);
  });

  it('keeps a confirmation valid beside newer ones, which strangers can ask for, until one is used', async () => {
    const json = { email: newAddress(), language: 'en', unittest: true };
    const older = (await signUp(json)).body.confirmation;
    const newer = (await signUp(json)).body.confirmation;
    expect((await confirm(older)).status).toBe(200);
    expect((await confirm(newer)).status).toBe(404);
  });

  it('creates one account for simultaneous signups, however they are confirmed', async () => {
    const email = newAddress();
    const answers = await Promise.all(
      [email, email.toUpperCase(), email].map((spelling) =>
        signUp({ email: spelling, language: 'en', unittest: true }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const confirmed = await Promise.all(answers.map(({ body }) => confirm(body.confirmation)));
    expect(confirmed.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect(confirmed.map(({ status }) => status).filter((status) => status === 404)).toHaveLength(2);
    expect(await server.dataSource.getRepository(Account).countBy({ emailKey: email })).toBe(1);
  });
});
