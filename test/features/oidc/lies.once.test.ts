/** Guarantees of the sign-in with an OpenID provider: nothing is taken from the provider that it has not signed, for this sign-in, for this server. */

import { generateKeyPair } from 'jose';
import type { Answer } from '../../support/http.js';
import { LyingProvider, type Reply } from '../../support/lying-provider.js';
import { PUBLIC_URL } from '../../support/oidc-provider.js';
import { TestServer } from '../../support/server.js';

type Claims = Record<string, unknown>;

describe('sign-in with an OpenID provider that lies', () => {
  let provider: LyingProvider;
  let base: TestServer;
  let server: TestServer;
  beforeAll(async () => {
    provider = await LyingProvider.start();
    base = await TestServer.start();
    server = await startServer();
  });
  beforeEach(() => provider.tellTheTruth());
  afterAll(async () => {
    await server.close();
    await base.stop();
    await provider.stop();
  });

  const startServer = () => base.another({ PUBLIC_URL, OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: 'keywright' });
  const codeOf = ({ status, headers }: Answer): [number, unknown] => [status, headers['x-error-code']];
  const verified = (): Claims => ({ email: base.admin.email, email_verified: true });
  const bearer = (id_token: string): Reply => ({ json: { access_token: 'opaque', token_type: 'Bearer', id_token } });

  /** Begins a sign-in. @returns the nonce, and what the browser comes back with */
  const begin = async (at = server) => {
    const { headers } = await at.call('GET', '/api/v1/auth/oidc/login');
    const { searchParams } = new URL(String(headers.location));
    const cookie = String(headers['set-cookie']?.[0]?.split(';')[0]);
    const query = new URLSearchParams({ code: 'any', state: searchParams.get('state') ?? '' });
    const complete = () => at.call('GET', `/api/v1/auth/oidc/callback?${query.toString()}`, { headers: { cookie } });
    return { nonce: searchParams.get('nonce'), complete };
  };
  /** A sign-in in which the token endpoint answers with an ID token of these claims. */
  const signIn = async (claims: Claims, header: Claims = {}, key = provider.key): Promise<Answer> => {
    const { nonce, complete } = await begin();
    const token = await provider.idToken({ nonce, ...claims }, header, key);
    provider.replies['/token'] = () => bearer(token);
    return complete();
  };

  it('believes what is signed', async () => {
    expect((await signIn(verified())).status).toBe(200);
    const parameters = Object.fromEntries(provider.tokenRequests.at(-1) ?? []);
    expect(parameters).toMatchObject({
      grant_type: 'authorization_code',
      client_id: 'keywright',
      code: 'any',
      redirect_uri: `${PUBLIC_URL}/api/v1/auth/oidc/callback`,
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it.each<[string, Claims, number, string]>([
    ['another nonce', { nonce: 'another' }, 401, 'oidc.nonce_mismatch'],
    ['no nonce', { nonce: undefined }, 401, 'oidc.token_invalid'],
    ['another audience', { aud: 'another' }, 401, 'oidc.token_invalid'],
    ['several audiences', { aud: ['keywright', 'another'] }, 401, 'oidc.token_invalid'],
    ['another authorized party', { aud: ['keywright', 'another'], azp: 'another' }, 401, 'oidc.token_invalid'],
    ['another issuer', { iss: 'https://other.example' }, 401, 'oidc.token_invalid'],
    ['no subject', { sub: undefined }, 401, 'oidc.token_invalid'],
    ['a subject that is longer than one', { sub: 'x'.repeat(256) }, 401, 'oidc.token_invalid'],
    ['a subject with a NUL', { sub: 'a\0b' }, 401, 'oidc.token_invalid'],
    ['a time that is over', { exp: 1_700_000_000 }, 401, 'oidc.token_invalid'],
    ['no end', { exp: undefined }, 401, 'oidc.token_invalid'],
    ['a time to come', { nbf: 4_000_000_000 }, 401, 'oidc.token_invalid'],
    ['an unverified address', { email_verified: false }, 403, 'oidc.email_unverified'],
    ['an address that it calls verified in words', { email_verified: 'true' }, 403, 'oidc.email_unverified'],
    ['a list of addresses', { email: ['admin@localhost'] }, 403, 'oidc.email_unverified'],
  ])('refuses an ID token with %s', async (_, claims, status, code) => {
    expect(codeOf(await signIn({ ...verified(), ...claims }))).toEqual([status, code]);
  });

  it('refuses an ID token that another key has signed', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect(codeOf(await signIn(verified(), {}, privateKey))).toEqual([401, 'oidc.token_invalid']);
    expect(codeOf(await signIn(verified(), { kid: 'unpublished' }, privateKey))).toEqual([401, 'oidc.token_invalid']);
  });

  it.each(['none', 'HS256'])('refuses an ID token by the algorithm %s, even if the metadata names it', async (alg) => {
    provider.metadata.id_token_signing_alg_values_supported = ['ES256', alg];
    const other = await startServer();
    const { nonce, complete } = await begin(other);
    const signed = await provider.idToken({ ...verified(), nonce }, alg === 'none' ? {} : { alg });
    const [, payload = ''] = signed.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    provider.replies['/token'] = () => bearer(alg === 'none' ? `${header}.${payload}.` : signed);
    expect(codeOf(await complete())).toEqual([401, 'oidc.token_invalid']);
    await other.close();
  });

  it('refuses an ID token whose claims have been changed', async () => {
    const { nonce, complete } = await begin();
    const [header = '', , signature = ''] = (await provider.idToken({ ...verified(), nonce })).split('.');
    const [, payload = ''] = (await provider.idToken({ ...verified(), nonce, sub: 'eve' })).split('.');
    provider.replies['/token'] = () => bearer(`${header}.${payload}.${signature}`);
    expect(codeOf(await complete())).toEqual([401, 'oidc.token_invalid']);
  });

  it('completes a sign-in once, even if the provider accepts a code twice', async () => {
    const { nonce, complete } = await begin();
    const token = await provider.idToken({ ...verified(), nonce });
    provider.replies['/token'] = () => bearer(token);
    const answers = await Promise.all([complete(), complete(), complete()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(codeOf(await complete())).toEqual([400, 'oidc.state_invalid']);
  });

  it('takes an address and whether it is verified from the same source', async () => {
    const { email, email_verified } = verified();
    const sub = 'somebody else';
    const signInWith = async (idToken: Claims, userinfo: Claims): Promise<unknown> => {
      provider.replies['/me'] = () => ({ json: { sub, ...userinfo } });
      return codeOf(await signIn({ sub, ...idToken }))[1];
    };
    const own = 'ada@own.example';
    expect(await signInWith({ email }, { email: own, email_verified })).toBe('oidc.account_unknown');
    expect(await signInWith({ email_verified }, { email })).toBe('oidc.email_unverified');
    // Had the address been the other one, no account would be known.
    expect(await signInWith({ email: own }, { email, email_verified })).toBe('oidc.subject_mismatch');
  });

  it('refuses what the userinfo endpoint says of somebody else', async () => {
    provider.replies['/me'] = () => ({ json: { sub: 'eve', ...verified() } });
    expect(codeOf(await signIn({}))).toEqual([401, 'oidc.token_invalid']);
  });

  it('tells subjects apart by every character', async () => {
    expect(codeOf(await signIn({ ...verified(), sub: 'Ada' }))).toEqual([403, 'oidc.subject_mismatch']);
  });

  it.each<[string, string, Reply]>([
    ['/token', 'an error of its own', { status: 500, text: 'Oh no' }],
    ['/token', 'no JSON', { text: '<html>' }],
    ['/token', 'too much', { text: JSON.stringify({ access_token: 'x'.repeat(600_000) }) }],
    ['/token', 'another error', { status: 401, json: { error: 'invalid_client' } }],
    ['/jwks', 'an error of its own', { status: 503, text: 'Later' }],
    ['/me', 'an error of its own', { status: 500, text: 'Oh no' }],
  ])('is unavailable while %s answers with %s', async (path, _, reply) => {
    // It has not asked for the keys yet.
    const other = await startServer();
    const { nonce, complete } = await begin(other);
    const token = await provider.idToken({ nonce });
    provider.replies['/token'] = () => bearer(token);
    provider.replies[path] = () => reply;
    const answer = await complete();
    await other.close();
    expect([...codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'unavailable', '10']);
  });

  it.each<[string, Reply]>([
    ['no JSON', { text: '<html>' }],
    ['a list', { json: [] }],
    ['the metadata of another issuer', { json: { issuer: 'https://other.example' } }],
    ['an error of its own', { status: 500, text: 'Oh no' }],
  ])('is unavailable while the metadata are %s', async (_, reply) => {
    provider.replies['/.well-known/openid-configuration'] = () => reply;
    const other = await startServer();
    expect(codeOf(await other.call('GET', '/api/v1/auth/oidc/login'))).toEqual([503, 'unavailable']);
    await other.close();
  });

  it.each(['authorization_endpoint', 'token_endpoint', 'jwks_uri'])('is unavailable without a %s', async (name) => {
    provider.metadata[name] = undefined;
    const other = await startServer();
    expect(codeOf(await other.call('GET', '/api/v1/auth/oidc/login'))).toEqual([503, 'unavailable']);
    await other.close();
  });
});
