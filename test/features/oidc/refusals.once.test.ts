/** Guarantees of the sign-in with an OpenID provider: what does not come from the browser's own sign-in is refused, each in its own words. */

import { randomUUID } from 'node:crypto';
import { Browser } from '../../support/browser.js';
import type { Answer } from '../../support/http.js';
import { begin, browserOf, OidcTestProvider, PUBLIC_URL, signIn } from '../../support/oidc-provider.js';
import { TestServer } from '../../support/server.js';

const CALLBACK = '/api/v1/auth/oidc/callback';

describe('sign-in with an OpenID provider', () => {
  let provider: OidcTestProvider;
  let base: TestServer;
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    provider = await OidcTestProvider.start();
    base = await TestServer.start();
    server = await base.another({
      ...provider.settings,
      OIDC_MERCHANT: base.admin.clientId,
      OIDC_ALLOWED_DOMAINS: 'shop.example',
      OIDC_DEFAULT_ROLE: 'readOnly',
    });
    provider.add('ada', 'ada@shop.example');
  });
  afterAll(async () => {
    await server.close();
    await base.stop();
    await provider.stop();
  });
  beforeEach(() => {
    browser = browserOf(server);
  });
  afterEach(() => browser.close());

  const codeOf = ({ status, headers }: Answer): [number, unknown] => [status, headers['x-error-code']];
  const arrive = async (): Promise<URL> => provider.signIn(browser, await begin(browser), 'ada');
  const complete = async (url: URL): Promise<Answer> => (await browser.request(url)).answer;
  const changed = (url: URL, name: string, value: string | null): URL => {
    const other = new URL(url);
    if (value === null) other.searchParams.delete(name);
    else other.searchParams.set(name, value);
    return other;
  };

  it('refuses whom the provider refuses', async () => {
    const callback = await provider.refuse(browser, await begin(browser));
    expect(callback.searchParams.get('error')).toBe('access_denied');
    const answer = await complete(callback);
    expect(codeOf(answer)).toEqual([403, 'oidc.denied']);
    expect(answer.body).toMatchObject({ error: 'Forbidden', code: 403 });
  });

  it('is unavailable while the provider says so', async () => {
    const callback = changed(changed(await arrive(), 'code', null), 'error', 'temporarily_unavailable');
    const answer = await complete(callback);
    expect(codeOf(answer)).toEqual([503, 'unavailable']);
    expect(answer.headers['retry-after']).toBe('10');
  });

  it.each([
    ['another state', 'state', randomUUID(), 'oidc.state_invalid'],
    ['no state', 'state', null, 'oidc.state_invalid'],
    ['no code', 'code', null, 'oidc.code_invalid'],
    ['a made-up code', 'code', 'made-up', 'oidc.code_invalid'],
    ['another issuer', 'iss', 'https://other.example', 'oidc.issuer_mismatch'],
    ['no issuer, though the provider names itself', 'iss', null, 'oidc.issuer_mismatch'],
  ])('refuses a callback with %s', async (_, name, value, code) => {
    const answer = await complete(changed(await arrive(), name, value));
    expect(codeOf(answer)).toEqual([400, code]);
    // The next attempt begins anew.
    expect(browser.cookiesOf(PUBLIC_URL)).toBe('');
  });

  it.each(['code', 'state', 'iss', 'error'])('refuses a callback with two values of %s', async (name) => {
    const callback = await arrive();
    callback.searchParams.append(name, 'another');
    if (name === 'error') callback.searchParams.append(name, 'and-another');
    expect((await complete(callback)).status).toBe(name === 'error' ? 401 : 400);
  });

  it('refuses a callback in a browser that has not begun it', async () => {
    const callback = await arrive();
    const other = browserOf(server);
    expect(codeOf((await other.request(callback)).answer)).toEqual([400, 'oidc.state_invalid']);
    await begin(other);
    expect(codeOf((await other.request(callback)).answer)).toEqual([400, 'oidc.state_invalid']);
    other.close();
    expect((await complete(callback)).status).toBe(200);
  });

  it('refuses a cookie that it has not made', async () => {
    const callback = await arrive();
    const cookie = browser.cookiesOf(PUBLIC_URL);
    const forged = [cookie.slice(0, -4), `${cookie}x`, cookie.replace(/=.*/, '=x'), cookie.replace('__Host-', '')];
    for (const one of forged) {
      const answer = await server.call('GET', callback.pathname + callback.search, { headers: { cookie: one } });
      expect([one.length, ...codeOf(answer)]).toEqual([one.length, 400, 'oidc.state_invalid']);
    }
    expect((await complete(callback)).status).toBe(200);
  });

  it('refuses to complete a sign-in twice, also while the first time is under way', async () => {
    const callback = await arrive();
    const headers = { cookie: browser.cookiesOf(PUBLIC_URL) };
    const again = () => server.call('GET', callback.pathname + callback.search, { headers });
    const answers = await Promise.all([again(), again(), again()]);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(codeOf(await again())).toEqual([400, 'oidc.code_invalid']);
  });

  it('refuses a sign-in that has taken longer than ten minutes', async () => {
    const callback = await arrive();
    server.clock.advance(601);
    expect(codeOf(await complete(callback))).toEqual([400, 'oidc.expired']);
  });

  it.each([
    ['an address that is not verified', { email_verified: false }, 'oidc.email_unverified'],
    ['no address', { email: undefined }, 'oidc.email_unverified'],
    ['no address that could be one', { email: 'ada at shop' }, 'oidc.email_unverified'],
    ['an address of another domain', { email: 'ada@other.example' }, 'oidc.domain_not_allowed'],
    ['an address of a domain below', { email: 'ada@shop.example.evil.example' }, 'oidc.domain_not_allowed'],
  ])('refuses a person with %s', async (_, claims, code) => {
    const name = randomUUID();
    provider.add(name, `${name}@shop.example`, claims);
    expect(codeOf(await signIn(server, provider, name))).toEqual([403, code]);
  });

  it('creates no account without a merchant for it', async () => {
    const other = await base.another(provider.settings);
    const name = randomUUID();
    provider.add(name, `${name}@anywhere.example`);
    expect(codeOf(await signIn(other, provider, name))).toEqual([403, 'oidc.account_unknown']);
    provider.add('root', base.admin.email);
    expect((await signIn(other, provider, 'root')).status).toBe(200);
    await other.close();
  });

  it.each([
    ['by HTTP Basic', 'basic', {}],
    ['in the body', 'post', { OIDC_CLIENT_AUTH_METHOD: 'client_secret_post' }],
    ['as a public client', 'public', { OIDC_CLIENT_SECRET: '' }],
  ])('authenticates at the provider %s', async (_, client, settings) => {
    const other = await base.another({ ...provider.settings, OIDC_CLIENT_ID: client, ...settings });
    provider.add('root', base.admin.email);
    const answer = await signIn(other, provider, 'root');
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    await other.close();
  });

  it('is unavailable when the provider does not accept the client, and says so in the log', async () => {
    const other = await base.another({ ...provider.settings, OIDC_CLIENT_SECRET: 'no longer the secret' });
    expect(codeOf(await signIn(other, provider, 'ada'))).toEqual([503, 'unavailable']);
    expect(base.logs.join('\n')).toMatch(/A sign-in with the OpenID provider has failed: /);
    await other.close();
  });

  it('takes claims from the ID token alone where it has them', async () => {
    const wordy = await OidcTestProvider.start({ conformIdTokenClaims: false });
    wordy.add('root', base.admin.email);
    const other = await base.another(wordy.settings);
    expect((await signIn(other, wordy, 'root')).status).toBe(200);
    await other.close();
    await wordy.stop();
  });

  it('starts without the provider, is unavailable until it answers, and then signs in', async () => {
    const late = await OidcTestProvider.start();
    late.add('root', base.admin.email);
    await late.stop();
    const other = await base.another(late.settings);
    const login = () => other.call('GET', '/api/v1/auth/oidc/login');
    const refused = await login();
    expect([...codeOf(refused), refused.headers['retry-after']]).toEqual([503, 'unavailable', '10']);
    await late.listen();
    // It is not asked again at once.
    expect((await login()).status).toBe(503);
    base.clock.advance(10);
    expect((await signIn(other, late, 'root')).status).toBe(200);
    // What has been discovered is used while the provider does not answer.
    await late.stop();
    base.clock.advance(3601);
    expect((await login()).status).toBe(302);
    await other.close();
  });

  it('is not there without a provider', async () => {
    for (const path of ['/api/v1/auth/oidc', '/api/v1/auth/oidc/login', `${CALLBACK}?code=x&state=y`])
      expect(codeOf(await base.call('GET', path))).toEqual([404, 'route.not_found']);
  });
});
