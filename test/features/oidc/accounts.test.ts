/** Guarantees of the sign-in with an OpenID provider: whose account it opens, and which role the account has afterwards. */

import { randomUUID } from 'node:crypto';
import type { Role } from '../../../src/access/levels.js';
import { Account } from '../../../src/accounts/account.entity.js';
import { OidcIdentity } from '../../../src/auth/oidc/oidc-identity.entity.js';
import type { Answer } from '../../support/http.js';
import { begin, browserOf, OidcTestProvider, PUBLIC_URL, signIn } from '../../support/oidc-provider.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

describe('sign-in with an OpenID provider', () => {
  let provider: OidcTestProvider;
  let base: TestServer;
  let owner: User;
  let server: TestServer;
  /** Determines roles by groups. */
  let mapping: TestServer;
  beforeAll(async () => {
    provider = await OidcTestProvider.start();
    base = await TestServer.start();
    owner = await base.newMerchant();
    const common = {
      ...provider.settings,
      OIDC_MERCHANT: owner.clientId,
      OIDC_ALLOWED_DOMAINS: 'shop.example,localhost',
    };
    server = await base.another({ ...common, OIDC_DEFAULT_ROLE: 'readOnly' });
    mapping = await base.another({
      ...common,
      OIDC_MERCHANT: owner.merchantId,
      OIDC_ROLE_CLAIM: 'groups',
      OIDC_ROLES: 'readers=readOnly,developers=user,admins=admin',
    });
  });
  afterAll(async () => {
    await mapping.close();
    await server.close();
    await base.stop();
    await provider.stop();
  });

  const newPerson = (more: Parameters<OidcTestProvider['add']>[2] = {}): { name: string; email: string } => {
    const name = randomUUID();
    const email = `${name}@shop.example`;
    provider.add(name, email, more);
    return { name, email };
  };
  const whoIs = async ({ body }: Answer): Promise<{ id: number; email: string; role: Role }> => {
    const answer = await server.call('GET', '/whoami/jwt', { token: body.accessToken });
    expect(answer.status).toBe(200);
    return answer.body.account;
  };
  const codeOf = ({ status, headers }: Answer): [number, unknown] => [status, headers['x-error-code']];
  const accounts = () => base.dataSource.getRepository(Account);
  /** A member whose address is proven; an invitation's link that is not mailed proves nothing. */
  const newProvenMember = async (role: Role): Promise<User & { name: string }> => {
    const user = await base.newMember(base.admin, role);
    await accounts().update({ id: user.accountId }, { emailVerifiedAt: new Date() });
    const name = randomUUID();
    provider.add(name, user.email);
    return { ...user, name };
  };
  const auditOf = async (uuid: string, event: string): Promise<Record<string, unknown>[]> => {
    await server.sealed();
    const path = `/api/v1/audit-events?action=${event}&targetId=${uuid}`;
    const { body } = await server.call('GET', path, { token: server.admin.token });
    return body.items;
  };

  it('tells what a button may say', async () => {
    const { status, body } = await server.call('GET', '/api/v1/auth/oidc');
    expect([status, body]).toEqual([200, { name: 'single sign-on', loginPath: '/api/v1/auth/oidc/login' }]);
  });

  it('sends the browser to the provider with PKCE and a nonce, and binds it by a cookie', async () => {
    const { status, headers } = await server.call('GET', '/api/v1/auth/oidc/login');
    const url = new URL(String(headers.location));
    expect([status, url.origin]).toEqual([302, provider.issuer]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'basic',
      response_type: 'code',
      redirect_uri: `${PUBLIC_URL}/api/v1/auth/oidc/callback`,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(headers['cache-control']).toBe('no-store');
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^__Host-keywright-oidc=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    for (const value of ['state', 'nonce', 'code_challenge'])
      expect(cookie).not.toContain(String(url.searchParams.get(value)));
  });

  it('creates an account in the configured merchant, and opens a session of it each time', async () => {
    const { name, email } = newPerson();
    const first = await signIn(server, provider, name);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({ accessToken: expect.any(String), tokenType: 'Bearer', expiresIn: 3600 });
    expect(first.headers['cache-control']).toBe('no-store');
    expect(first.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-keywright-oidc=; Max-Age=0; /)]);
    const account = await whoIs(first);
    expect(account).toMatchObject({ email, role: 'readOnly' });
    const row = await accounts().findOneByOrFail({ id: account.id });
    expect(row).toMatchObject({
      merchantId: owner.merchantId,
      username: email,
      firstName: 'Ada',
      lastName: 'Lovelace',
      consent: 1,
      isExternal: true,
      passwordHash: null,
      emailVerifiedAt: expect.any(Date),
    });
    expect((await whoIs(await signIn(server, provider, name))).id).toBe(account.id);
    const [linked] = await auditOf(row.uuid, 'account.identity_linked');
    expect(linked).toMatchObject({ details: { issuer: provider.issuer, subject: name } });
    const logins = await auditOf(row.uuid, 'account.logged_in');
    expect(logins.map(({ details }) => details)).toEqual([
      { method: 'oidc', issuer: provider.issuer },
      { method: 'oidc', issuer: provider.issuer },
    ]);
  });

  it('keeps the account of a person whose address changes', async () => {
    const { name, email } = newPerson();
    const { id } = await whoIs(await signIn(server, provider, name));
    provider.add(name, `married-${email}`);
    expect(await whoIs(await signIn(server, provider, name))).toMatchObject({ id, email });
  });

  it('opens the account that has proven the address, whatever its merchant', async () => {
    const { accountId, name, email } = await newProvenMember('user');
    provider.add(name, email.toUpperCase());
    expect(await whoIs(await signIn(server, provider, name))).toMatchObject({ id: accountId, role: 'user' });
    const still = await base.logIn(email, PASSWORD);
    expect(still.accountId).toBe(accountId);
  });

  it('does not open an account that has not proven the address, but takes the address from it', async () => {
    const squatter = await base.newMember(base.admin, 'user');
    const { name } = newPerson();
    provider.add(name, squatter.email);
    const { id } = await whoIs(await signIn(server, provider, name));
    expect(id).not.toBe(squatter.accountId);
    const login = { json: { username: squatter.email, password: PASSWORD } };
    expect((await base.call('POST', '/login', login)).status).toBe(401);
    expect(await accounts().findOneByOrFail({ id: squatter.accountId })).toMatchObject({ emailKey: null });
  });

  it('refuses another person who has been given the address of an account', async () => {
    const { name, email } = newPerson();
    const { id } = await whoIs(await signIn(server, provider, name));
    const { name: successor } = newPerson();
    provider.add(successor, email);
    expect(codeOf(await signIn(server, provider, successor))).toEqual([403, 'oidc.subject_mismatch']);
    const { uuid } = await accounts().findOneByOrFail({ id });
    const [failure] = await auditOf(uuid, 'account.login_failed');
    expect(failure).toMatchObject({ details: { reason: 'oidc.subject_mismatch' } });
  });

  it('accepts an invitation of the merchant, whose link then leads nowhere', async () => {
    const { name, email } = newPerson();
    const json = { email, role: 'writeSome' };
    const invited = await base.call('POST', '/api/v1/members', { token: owner.token, json });
    expect(await whoIs(await signIn(server, provider, name))).toMatchObject({ email, role: 'writeSome' });
    const { pathname, search } = new URL(invited.body.signupLink);
    const password = { password: PASSWORD, firstName: 'Eve', lastName: 'Else' };
    expect((await base.call('POST', pathname + search, { json: password })).status).toBe(410);
    const rows = await accounts().findBy({ email });
    expect(rows).toEqual([expect.objectContaining({ status: 1, isExternal: true, passwordHash: null })]);
  });

  it('lets nobody in whom the merchant has disabled before an invitation was accepted', async () => {
    const { name, email } = newPerson();
    const json = { email, role: 'user' };
    const { body } = await base.call('POST', '/api/v1/members', { token: owner.token, json });
    await base.call('PATCH', `/api/v1/members/${body.id}`, { token: owner.token, json: { status: 'disabled' } });
    expect(codeOf(await signIn(server, provider, name))).toEqual([403, 'access.account_inactive']);
  });

  it('gives an account that it has created no password', async () => {
    const { name, email } = newPerson({ groups: ['developers'] });
    const { body } = await signIn(mapping, provider, name);
    const set = await server.call('PATCH', '/account/jwt', { token: body.accessToken, json: { password: PASSWORD } });
    expect([set.status, set.body.error]).toEqual([403, 'passwordNotAllowed']);
    expect((await server.call('POST', '/recover', { json: { email } })).status).toBe(200);
    await server.sealed();
    expect(base.mailbox.mails.filter(({ to }) => to === email)).toEqual([]);
    const login = await server.call('POST', '/login', { json: { username: email, password: PASSWORD } });
    expect(login.status).toBe(401);
  });

  it('refuses an account that is not active, and records it', async () => {
    const { uuid, name } = await newProvenMember('user');
    const token = base.admin.token;
    await base.call('PATCH', `/api/v1/members/${uuid}`, { token, json: { status: 'disabled' } });
    expect(codeOf(await signIn(server, provider, name))).toEqual([403, 'access.account_inactive']);
    const [failure] = await auditOf(uuid, 'account.login_failed');
    expect(failure).toMatchObject({ details: { reason: 'access.account_inactive' } });
  });

  it('refuses the accounts of a blocked merchant, and creates none in it', async () => {
    const { name } = newPerson();
    await signIn(server, provider, name);
    const path = `/api/v1/merchants/${owner.merchantId}`;
    const change = (status: string) => base.call('PATCH', path, { token: base.admin.token, json: { status } });
    await change('blocked');
    try {
      for (const person of [name, newPerson().name])
        expect(codeOf(await signIn(server, provider, person))).toEqual([403, 'access.account_inactive']);
    } finally {
      await change('active');
    }
  });

  it('makes a new account for a person whose account was removed', async () => {
    const { name, email } = newPerson();
    const before = await whoIs(await signIn(server, provider, name));
    const { uuid } = await accounts().findOneByOrFail({ id: before.id });
    const removed = await base.call('DELETE', `/api/v1/members/${uuid}`, { token: owner.token });
    expect(removed.status).toBe(204);
    const after = await whoIs(await signIn(server, provider, name));
    expect(after).toMatchObject({ email });
    expect(after.id).not.toBe(before.id);
  });

  it('forgets the links of removed accounts, and sign-ins that have expired', async () => {
    const { name } = newPerson();
    const { id } = await whoIs(await signIn(server, provider, name));
    const { uuid } = await accounts().findOneByOrFail({ id });
    await base.call('DELETE', `/api/v1/members/${uuid}`, { token: owner.token });
    const result = await base.keepHouse('oidc_sign_ins');
    expect(result).toMatchObject({ outcome: 'completed' });
    const identities = base.dataSource.getRepository(OidcIdentity);
    expect(await identities.countBy({ accountId: id })).toBe(0);
  });

  it('gives a person who signs in for the first time at two instances at once one account', async () => {
    const { name, email } = newPerson({ groups: ['readers'] });
    const answers = await Promise.all([server, mapping, server].map((at) => signIn(at, provider, name)));
    const ids = await Promise.all(answers.map(async (answer) => (await whoIs(answer)).id));
    expect(new Set(ids).size).toBe(1);
    expect(await accounts().countBy({ email })).toBe(1);
  });

  it('completes a sign-in at another instance, and only once', async () => {
    const { name } = newPerson({ groups: ['readers'] });
    const browser = browserOf(server);
    const callback = await provider.signIn(browser, await begin(browser), name);
    const cookie = browser.cookiesOf(PUBLIC_URL);
    const complete = (at: TestServer) => at.call('GET', callback.pathname + callback.search, { headers: { cookie } });
    expect((await complete(mapping)).status).toBe(200);
    expect(codeOf(await complete(server))).toEqual([400, 'oidc.code_invalid']);
    browser.close();
  });

  it('gives the highest role of the groups, at every sign-in', async () => {
    const { name } = newPerson({ groups: ['others', 'readers', 'developers'] });
    const first = await signIn(mapping, provider, name);
    expect(await whoIs(first)).toMatchObject({ role: 'user' });
    Object.assign(provider.people[name] ?? {}, { groups: ['readers'] });
    expect(await whoIs(await signIn(mapping, provider, name))).toMatchObject({ role: 'readOnly' });
    // A lower role ends the sessions that had the higher one.
    const { status } = await server.call('GET', '/whoami/jwt', { token: first.body.accessToken });
    expect(status).toBe(401);
    Object.assign(provider.people[name] ?? {}, { groups: ['admins'] });
    expect(await whoIs(await signIn(mapping, provider, name))).toMatchObject({ role: 'admin' });
    Object.assign(provider.people[name] ?? {}, { groups: [] });
    expect(codeOf(await signIn(mapping, provider, name))).toEqual([403, 'oidc.role_missing']);
    Object.assign(provider.people[name] ?? {}, { groups: ['readers'] });
    expect(await whoIs(await signIn(mapping, provider, name))).toMatchObject({ role: 'readOnly' });
  });

  it('leaves the server its last administrator, and a merchant its last manager', async () => {
    const admin = newPerson().name;
    provider.add(admin, base.admin.email, { groups: ['readers'] });
    expect(codeOf(await signIn(mapping, provider, admin))).toEqual([409, 'member.last_admin']);
    expect(await accounts().findOneByOrFail({ id: base.admin.accountId })).toMatchObject({ role: 'admin' });

    const manager = await base.newMerchant();
    await accounts().update({ id: manager.accountId }, { emailVerifiedAt: new Date() });
    const { name } = newPerson();
    provider.add(name, manager.email, { groups: ['readers'] });
    expect(codeOf(await signIn(mapping, provider, name))).toEqual([409, 'member.last_manager']);
  });
});
