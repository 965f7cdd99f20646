/** Guarantees of the setting `SIGNUP`: who may sign up, and that strangers do not learn who was invited. */

import { randomUUID } from 'node:crypto';
import { loadConfig } from '../../../src/platform/config/config.js';
import { TestServer } from '../../support/server.js';

const newAddress = (): string => `person-${randomUUID()}@person.example`;

describe('accounts surface: who may sign up', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  const signUp = (email: string) => server.call('POST', '/signup', { json: { email, language: 'en', unittest: true } });
  const confirm = async (confirmation: string) =>
    (await server.call('POST', `/confirm/signup/${confirmation}`, { json: { consent: 1 } })).status;
  const invite = (email: string) =>
    server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json: { email } });
  const mailsTo = (email: string) => server.mailbox.mails.filter(({ to }) => to.toLowerCase() === email.toLowerCase());

  it('is everybody with SIGNUP=open', async () => {
    server = await TestServer.start({ SIGNUP: 'open' });
    const { status, body } = await signUp(newAddress());
    expect([status, await confirm(body.confirmation)]).toEqual([201, 200]);
  });

  it('is nobody with SIGNUP=off, but who was to confirm may still do so', async () => {
    server = await TestServer.start({ SIGNUP: 'open' });
    const { body } = await signUp(newAddress());
    const json = { email: newAddress(), language: 'en' };
    await invite(json.email);
    const closed = await server.another({ SIGNUP: 'off' });
    const refused = await closed.call('POST', '/signup', { json });
    expect([refused.status, refused.body]).toEqual([403, { result: 'error', error: 'signupClosed' }]);
    expect((await closed.call('POST', '/signup', { json: {} })).status).toBe(400);
    const confirmed = await closed.call('POST', `/confirm/signup/${body.confirmation}`, { json: { consent: 1 } });
    expect(confirmed.status).toBe(200);
    await closed.close();
  });

  it('is those who were invited with SIGNUP=invited; the others are answered alike, and get no mail', async () => {
    server = await TestServer.start({ SIGNUP: 'invited' });
    const [invited, stranger] = [newAddress(), newAddress()];
    await invite(invited);
    const before = mailsTo(invited).length;
    const [yes, no] = [await signUp(invited.toUpperCase()), await signUp(stranger)];
    expect([no.status, Object.keys(no.body)]).toEqual([yes.status, Object.keys(yes.body)]);
    expect(yes.status).toBe(201);
    expect(await confirm(no.body.confirmation)).toBe(404);
    expect(await confirm(yes.body.confirmation)).toBe(200);
    while (mailsTo(invited).length === before) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(mailsTo(stranger)).toEqual([]);
  });

  it('ends with the invitation', async () => {
    server = await TestServer.start({ SIGNUP: 'invited' });
    const late = newAddress();
    await invite(late);
    server.clock.advance(7201);
    expect(await confirm((await signUp(late)).body.confirmation)).toBe(404);
  });

  it('is those who were invited by default in production, else everybody', async () => {
    server = await TestServer.start();
    const { variables } = server;
    const production = { ...variables, NODE_ENV: 'production', PUBLIC_URL: 'https://keys.example' };
    expect([loadConfig(variables).signup, loadConfig(production).signup]).toEqual(['open', 'invited']);
    expect(loadConfig({ ...production, SIGNUP: 'open' }).signup).toBe('open');
    expect(() => loadConfig({ ...variables, SIGNUP: 'closed' })).toThrow(/SIGNUP must be one of/);
  });
});
