/** Guarantees of passkeys: only a signature by the account's own authenticator, for this login and this server, is a second factor. */

import { Authenticator } from '../../support/authenticator.js';
import { CertificateAuthority } from '../../support/certificates.js';
import { newFolder, removeFolder } from '../../support/program.js';
import { TestServer, type User } from '../../support/server.js';
import {
  answer,
  challengeOf,
  codeOf,
  eventsOf,
  LOGINS,
  mailTo,
  PATH,
  setUpTotp,
} from '../../support/second-factors.js';

const ORIGIN = 'https://keys.example.com';

describe('passkeys', () => {
  let server: TestServer;
  let user: User;
  let authenticator: Authenticator;
  beforeAll(async () => {
    server = await TestServer.start({ PUBLIC_URL: `${ORIGIN}/` });
  });
  beforeEach(async () => {
    user = await server.newMerchant();
    authenticator = new Authenticator(ORIGIN);
  });
  afterAll(() => server.stop());

  const optionsFor = async ({ token, password }: User) =>
    (await server.call('POST', `${PATH}/passkeys/options`, { token, json: { currentPassword: password } })).body
      .publicKey;
  const add = ({ token }: User, response: object, name = 'Office key') =>
    server.call('POST', `${PATH}/passkeys`, { token, json: { name, response } });
  const register = async (owner = user, device = authenticator) => {
    const { status, body } = await add(owner, device.create(await optionsFor(owner)));
    expect(status).toBe(201);
    return body;
  };
  const codeFor = async (json: object) => {
    const { status, headers } = await answer(server, json);
    return [status, headers['x-error-code']];
  };
  const failed = [401, 'login.second_factor_failed'];

  it('are created with options for this server', async () => {
    expect(await optionsFor(user)).toMatchObject({
      rp: { id: 'keys.example.com', name: 'Keywright' },
      user: { name: user.email },
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      attestation: 'none',
      excludeCredentials: [],
      timeout: 300_000,
    });
  });

  it.each(LOGINS)('complete a login on the $surface surface', async ({ path, next, refusal, tokenIn }) => {
    const { id, recoveryCodes, ...passkey } = await register();
    expect(id).toMatch(/^[\da-f]{64}$/);
    expect(recoveryCodes).toHaveLength(10);
    expect(passkey).toEqual({ name: 'Office key', createdAt: expect.any(String), lastUsedAt: null });
    const first = await server.call('POST', path, { json: { username: user.email, password: user.password } });
    const passkeyOptions = {
      rpId: 'keys.example.com',
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      allowCredentials: [{ id: authenticator.id, type: 'public-key', transports: ['usb'] }],
      timeout: 300_000,
      userVerification: 'discouraged',
    };
    expect([first.status, first.body]).toEqual([
      401,
      refusal({ challenge: expect.any(String), methods: ['passkey', 'recoveryCode'], expiresIn: 300, passkeyOptions }),
    ]);
    const asked = first.body.secondFactor ?? first.body.data.secondFactor;
    const json = { challenge: asked.challenge, passkey: authenticator.sign(asked.passkeyOptions) };
    const second = await server.call('POST', next, { json });
    expect(second.status).toBe(200);
    const { body } = await server.call('GET', PATH, { token: tokenIn(second.body) });
    expect(body.passkeys).toEqual([{ id, ...passkey, lastUsedAt: expect.any(String) }]);
    expect((await server.call('POST', next, { json })).headers['x-error-code']).toBe('login.challenge_gone');
    await mailTo(server, user, 'asks for a passkey');
    expect((await eventsOf(server, user, 'account.logged_in')).at(-1)).toEqual([
      'account.logged_in',
      { secondFactor: 'passkey' },
    ]);
  });

  it('sign for one challenge, one server and one account, and count', async () => {
    await register();
    const other = await server.newMerchant();
    const others = new Authenticator(ORIGIN);
    await register(other, others);
    const earlier = await challengeOf(server, user);
    const { challenge, passkeyOptions = { challenge: '' } } = await challengeOf(server, user);
    const wrong: Record<string, object> = {
      'the challenge of another login': authenticator.sign(earlier.passkeyOptions ?? passkeyOptions),
      'another origin': authenticator.sign(passkeyOptions, { origin: 'https://keys.example.net' }),
      "another server's id": authenticator.sign({ ...passkeyOptions, rpId: 'keys.example.net' }),
      "another account's passkey": others.sign(passkeyOptions),
    };
    for (const [what, passkey] of Object.entries(wrong))
      expect([what, ...(await codeFor({ challenge, passkey }))]).toEqual([what, ...failed]);
    const right = await challengeOf(server, user);
    const sign = (count: number) => authenticator.sign(right.passkeyOptions ?? passkeyOptions, { count });
    expect(await codeFor({ challenge: right.challenge, passkey: sign(7) })).toEqual([200, undefined]);
    // A copy of the authenticator has counted less.
    const copy = await challengeOf(server, user);
    for (const count of [6, 7, 0]) {
      const passkey = authenticator.sign(copy.passkeyOptions ?? passkeyOptions, { count });
      expect([count, ...(await codeFor({ challenge: copy.challenge, passkey }))]).toEqual([count, ...failed]);
    }
  });

  it('are refused as a second factor when they are something else', async () => {
    await register();
    const { challenge, passkeyOptions = { challenge: '' } } = await challengeOf(server, user);
    const { response, ...rest } = authenticator.sign(passkeyOptions) as { response: object };
    for (const passkey of [
      {},
      rest,
      { ...rest, response: { ...response, signature: 'AAAA' } },
      { ...rest, response: 1 },
    ])
      expect(await codeFor({ challenge, passkey })).toEqual(failed);
  });

  it('are registered once, by the account that asked, with a challenge of this server', async () => {
    const refused = [400, 'passkey.refused'];
    const other = await server.newMerchant();
    const options = await optionsFor(user);
    const answerOf = async (owner: User, response: object) => {
      const { status, headers } = await add(owner, response);
      return [status, headers['x-error-code']];
    };
    const response = authenticator.create(options);
    expect(await answerOf(other, response)).toEqual(refused);
    expect(await answerOf(user, new Authenticator('https://keys.example.net').create(options))).toEqual(refused);
    expect(await answerOf(user, authenticator.create({ ...options, rp: { id: 'example.net' } }))).toEqual(refused);
    expect(await answerOf(user, authenticator.create({ ...options, challenge: 'AAAA' }))).toEqual(refused);
    for (const nothing of [{}, { response: {} }, { response: { attestationObject: 1 } }])
      expect(await answerOf(user, nothing)).toEqual(refused);
    expect(await answerOf(user, response)).toEqual([201, undefined]);
    expect(await answerOf(user, response)).toEqual(refused);
    expect(await answerOf(user, authenticator.create(await optionsFor(user)))).toEqual([409, 'passkey.taken']);
    expect(await answerOf(other, authenticator.create(await optionsFor(other)))).toEqual([409, 'passkey.taken']);
    const late = await optionsFor(user);
    server.clock.advance(301);
    expect(await answerOf(user, new Authenticator(ORIGIN).create(late))).toEqual(refused);
  });

  it('are registered without a look at certificates, which would have the server fetch what they name', async () => {
    const folder = newFolder();
    const maker = CertificateAuthority.create(folder, 'maker').issue('authenticator', []);
    const { status, headers } = await add(user, authenticator.create(await optionsFor(user), { maker }));
    expect([status, headers['x-error-code']]).toEqual([400, 'passkey.refused']);
    await removeFolder(folder);
  });

  it('stand beside an app, and are removed one by one', async () => {
    const { token, password } = user;
    const { secret } = await setUpTotp(server, user);
    const { id, recoveryCodes } = await register();
    expect(recoveryCodes).toBeNull();
    expect((await optionsFor(user)).excludeCredentials).toEqual([
      { id: authenticator.id, type: 'public-key', transports: ['usb'] },
    ]);
    const { challenge, methods } = await challengeOf(server, user);
    expect(methods).toEqual(['totp', 'passkey', 'recoveryCode']);
    const other = await server.newMerchant();
    const remove = (as: User) =>
      server.call('DELETE', `${PATH}/passkeys/${id}`, { token: as.token, json: { currentPassword: password } });
    expect((await remove(other)).status).toBe(404);
    expect((await remove(user)).status).toBe(204);
    expect((await server.call('GET', PATH, { token })).body).toMatchObject({ passkeys: [], recoveryCodesLeft: 10 });
    expect(await codeFor({ challenge, code: codeOf(server, secret) })).toEqual([200, undefined]);
  });

  it('are 20 at most', async () => {
    for (let count = 0; count < 20; count += 1) await register(user, new Authenticator(ORIGIN));
    const { token, password } = user;
    const refused = await server.call('POST', `${PATH}/passkeys/options`, {
      token,
      json: { currentPassword: password },
    });
    expect([refused.status, refused.headers['x-error-code']]).toEqual([409, 'second_factor.limit_reached']);
  });
});
