/** Guarantee: a sign-in with an OpenID provider that the console has begun ends in the console, with a session in a cookie. */

import { randomUUID } from 'node:crypto';
import { cookieIn, fromConsole, SESSION } from '../../support/console-session.js';
import type { Answer } from '../../support/http.js';
import { browserOf, OidcTestProvider, PUBLIC_URL } from '../../support/oidc-provider.js';
import { setUpTotp, codeOf } from '../../support/second-factors.js';
import { TestServer } from '../../support/server.js';
import { Account } from '../../../src/accounts/account.entity.js';

const NAME = '__Host-keywright-session';
const SIGN_IN = '__Host-keywright-oidc';

describe('a sign-in to the console with an OpenID provider', () => {
  let provider: OidcTestProvider;
  let server: TestServer;
  beforeAll(async () => {
    provider = await OidcTestProvider.start();
    server = await TestServer.start(provider.settings);
  });
  afterAll(async () => {
    await server.stop();
    await provider.stop();
  });

  /** A member whose address is proven, whom the provider knows. */
  const newPerson = async () => {
    const user = await server.newMember(server.admin, 'user');
    await server.dataSource.getRepository(Account).update({ id: user.accountId }, { emailVerifiedAt: new Date() });
    const name = randomUUID();
    provider.add(name, user.email);
    return { ...user, name };
  };

  /** Signs a person in at the provider. @returns where the callback leads, and the cookies of the browser */
  const signIn = async (name: string | null): Promise<{ arrived: Answer; cookie: string }> => {
    const browser = browserOf(server);
    const form = await browser.visit(`${PUBLIC_URL}${SESSION}/oidc`);
    const callback = await (name === null ? provider.refuse(browser, form) : provider.signIn(browser, form, name));
    const { answer } = await browser.request(callback);
    const cookie = browser.cookiesOf(PUBLIC_URL);
    browser.close();
    return { arrived: answer, cookie };
  };
  const queryIn = ({ headers }: Answer): string => new URL(String(headers.location), PUBLIC_URL).search.slice(1);
  const complete = (cookie: string, query: string) =>
    server.call('POST', `${SESSION}/oidc`, fromConsole(cookie, { query }));

  it('leads back to the console and opens a session there', async () => {
    const { name, email } = await newPerson();
    const { arrived, cookie } = await signIn(name);
    expect([arrived.status, arrived.text, arrived.headers['set-cookie']]).toEqual([302, '', undefined]);
    expect(arrived.headers.location).toMatch(/^\/console\/oidc\?(?=.*code=[\w-]+)(?=.*state=[\w-]+)/);
    const query = queryIn(arrived);
    const opened = await complete(cookie, query);
    expect([opened.status, opened.body]).toEqual([200, { expiresIn: 3600 }]);
    expect(cookieIn(opened, SIGN_IN).pair).toBe(`${SIGN_IN}=`);
    const session = cookieIn(opened, NAME);
    expect(session.attributes).toContain('Secure');
    server.secrets.add(session.pair.slice(NAME.length + 1));
    const who = await server.call('GET', '/whoami/jwt', fromConsole(session.pair));
    expect(who.body.account.email).toBe(email);
    // Once.
    const again = await complete(cookie, query);
    expect([again.status, cookieIn(again, NAME).pair]).toEqual([400, '']);
  });

  it('asks for the second factor as a login does', async () => {
    const person = await newPerson();
    const { secret } = await setUpTotp(server, person);
    const { arrived, cookie } = await signIn(person.name);
    const answer = await complete(cookie, queryIn(arrived));
    expect([answer.status, answer.headers['x-error-code']]).toEqual([401, 'login.second_factor_required']);
    const json = { challenge: answer.body.secondFactor.challenge, code: codeOf(server, secret) };
    const opened = await server.call('POST', `${SESSION}/second-factor`, fromConsole(undefined, json));
    expect([opened.status, cookieIn(opened, NAME).attributes.includes('Secure')]).toEqual([200, true]);
  });

  it('tells the console of a person who has refused', async () => {
    const { arrived, cookie } = await signIn(null);
    const answer = await complete(cookie, queryIn(arrived));
    expect([answer.status, answer.headers['x-error-code']]).toEqual([403, 'oidc.denied']);
    expect(cookieIn(answer, SIGN_IN).pair).toBe(`${SIGN_IN}=`);
  });

  it('is completed by the browser that has begun it alone, from a page of this server', async () => {
    const { name } = await newPerson();
    const { arrived, cookie } = await signIn(name);
    const query = queryIn(arrived);
    const elsewhere = await complete('', query);
    expect([elsewhere.status, elsewhere.headers['x-error-code']]).toEqual([400, 'oidc.state_invalid']);
    const forged = await server.call('POST', `${SESSION}/oidc`, { headers: { cookie }, json: { query } });
    expect([forged.status, forged.headers['x-error-code']]).toEqual([403, 'session.cross_origin']);
    expect(forged.headers['set-cookie']).toBeUndefined();
    expect((await complete(cookie, query)).status).toBe(200);
  });

  it('is not there without a provider', async () => {
    const without = await TestServer.start();
    const begun = await without.call('GET', `${SESSION}/oidc`);
    const completed = await without.call('POST', `${SESSION}/oidc`, fromConsole(undefined, { query: 'a=b' }));
    await without.stop();
    expect([begun.status, completed.status]).toEqual([404, 404]);
  });
});
