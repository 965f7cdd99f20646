/** Guarantee: an independent OAuth client library discovers, uses and understands these routes. */

import * as library from 'oauth4webapi';
import { freePort } from '../../support/mariadb.js';
import { TestServer, type User } from '../../support/server.js';

// The library marks it as deprecated so that it stands out; on the loopback there is no TLS.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const OPTIONS = { [library.allowInsecureRequests]: true };

describe('the OAuth routes, as oauth4webapi uses them', () => {
  let server: TestServer;
  let user: User;
  let issuer: URL;
  let as: library.AuthorizationServer;
  let client: library.Client;
  let fullKey: string;
  beforeAll(async () => {
    const port = await freePort();
    issuer = new URL(`http://127.0.0.1:${port}`);
    server = await TestServer.start({ PUBLIC_URL: issuer.origin });
    await server.close();
    await server.open(port);
    user = await server.newMerchant();
    const made = await server.newFullKey(user, await server.newApplication(user));
    fullKey = made.fullKey;
    client = { client_id: made.id };
    const options = { ...OPTIONS, algorithm: 'oauth2' as const };
    const discovered = await library.discoveryRequest(issuer, options);
    as = await library.processDiscoveryResponse(issuer, discovered);
  });
  afterAll(() => server.stop());

  const open = async (auth: library.ClientAuth, parameters: Record<string, string> = {}) =>
    library.processClientCredentialsResponse(
      as,
      client,
      await library.clientCredentialsGrantRequest(as, client, auth, parameters, OPTIONS),
    );
  const introspect = async (token: string) =>
    library.processIntrospectionResponse(
      as,
      client,
      await library.introspectionRequest(as, client, library.ClientSecretBasic(fullKey), token, OPTIONS),
    );
  const validate = (token: string, audience = user.merchantId) => {
    const headers = { authorization: `Bearer ${token}` };
    const request = new Request('https://shop.example/orders', { headers });
    return library.validateJwtAccessToken(as, request, audience, OPTIONS);
  };

  it('are discovered from the issuer alone', () => {
    expect(as).toMatchObject({
      issuer: issuer.origin,
      token_endpoint: `${issuer.origin}/oauth/token`,
      jwks_uri: `${issuer.origin}/.well-known/jwks.json`,
    });
  });

  it.each([
    ['client_secret_basic', library.ClientSecretBasic],
    ['client_secret_post', library.ClientSecretPost],
  ])('grant a token by %s, which anyone can check with the published keys', async (_, authentication) => {
    const { access_token, token_type, expires_in } = await open(authentication(fullKey));
    expect([token_type, expires_in]).toEqual(['bearer', 900]);
    const claims = await validate(access_token);
    expect(claims).toMatchObject({ iss: issuer.origin, aud: user.merchantId, sub: client.client_id });
    await expect(validate(access_token, server.admin.merchantId)).rejects.toThrow(/aud/);
  });

  it('grant a narrower scope, introspect the token, and revoke it', async () => {
    const { access_token, scope } = await open(library.ClientSecretBasic(fullKey), { scope: 'payments:write' });
    expect(scope).toBe('payments:write');
    expect(await introspect(access_token)).toMatchObject({ active: true, scope, iss: issuer.origin });
    const answer = await library.revocationRequest(
      as,
      client,
      library.ClientSecretBasic(fullKey),
      access_token,
      OPTIONS,
    );
    await library.processRevocationResponse(answer);
    expect(await introspect(access_token)).toEqual({ active: false });
  });

  it('refuse with errors that the library understands', async () => {
    await expect(open(library.ClientSecretBasic('ks_live_wrong'))).rejects.toMatchObject({
      status: 401,
      cause: [expect.objectContaining({ scheme: 'basic' })],
    });
    await expect(open(library.ClientSecretPost(fullKey), { scope: 'NO SCOPE' })).rejects.toMatchObject({
      error: 'invalid_scope',
      status: 400,
    });
    await expect(validate(`${(await open(library.ClientSecretBasic(fullKey))).access_token}x`)).rejects.toThrow();
  });
});
