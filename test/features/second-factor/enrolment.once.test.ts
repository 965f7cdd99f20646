/** Guarantees of setting up and removing second factors: by the owner alone, and known to the owner. */

import { Not } from 'typeorm';
import { TotpFactor } from '../../../src/accounts/second-factors/totp-factor.entity.js';
import { TestServer, type User } from '../../support/server.js';
import {
  answer,
  challengeOf,
  codeOf,
  eventsOf,
  mailTo,
  PATH,
  setUpTotp,
  wrongCode,
} from '../../support/second-factors.js';

describe('the own second factors', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  beforeEach(async () => {
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const call = (method: string, path = '', json: object = { currentPassword: user.password }, token = user.token) =>
    server.call(method, `${PATH}${path}`, { token, ...(method !== 'GET' && { json }) });
  const codeFor = async (...call_: Parameters<typeof call>) => {
    const { status, headers } = await call(...call_);
    return [status, headers['x-error-code']];
  };
  const isAsked = async ({ email, password }: User) =>
    (await server.call('POST', '/login', { json: { username: email, password } })).status === 401;

  it('are none at first', async () => {
    const { status, body } = await call('GET');
    expect([status, body]).toEqual([200, { isDemanded: false, totp: null, passkeys: [], recoveryCodesLeft: 0 }]);
  });

  it('come into force when an app has shown a first code, and end the other sessions', async () => {
    const other = await server.logIn(user.email, user.password);
    const { status, body } = await call('POST', '/totp');
    expect(status).toBe(201);
    expect(body).toEqual({ secret: expect.stringMatching(/^[A-Z2-7]{32}$/), uri: expect.any(String) });
    const uri = new URL(body.uri);
    expect([uri.protocol, uri.host, uri.searchParams.get('secret'), uri.searchParams.get('issuer')]).toEqual([
      'otpauth:',
      'totp',
      body.secret,
      'Keywright',
    ]);
    expect(await codeFor('POST', '/totp/confirm', { code: wrongCode(server, body.secret) })).toEqual([
      400,
      'second_factor.code_wrong',
    ]);
    expect(await isAsked(user)).toBe(false);
    expect((await call('GET', '', undefined, other.token)).status).toBe(200);

    const confirmed = await call('POST', '/totp/confirm', { code: codeOf(server, body.secret) });
    expect(confirmed.status).toBe(200);
    const { recoveryCodes } = confirmed.body;
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$/);
    expect(await isAsked(user)).toBe(true);
    expect((await call('GET', '', undefined, other.token)).status).toBe(401);
    expect((await call('GET')).body).toEqual({
      isDemanded: false,
      totp: { createdAt: expect.any(String) },
      passkeys: [],
      recoveryCodesLeft: 10,
    });
    await mailTo(server, user, 'asks for a code of your authenticator app');
    expect(await eventsOf(server, user, 'account.second_factor')).toEqual([
      ['account.second_factor_added', { kind: 'totp' }],
    ]);
  });

  it.each([
    ['POST', '/totp'],
    ['DELETE', '/totp'],
    ['POST', '/recovery-codes'],
    ['POST', '/passkeys/options'],
    ['DELETE', '/passkeys/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ])('need the current password for %s %s', async (method, path) => {
    expect(await codeFor(method, path, {})).toEqual([400, 'password.current_missing']);
    expect(await codeFor(method, path, { currentPassword: 'wrong password' })).toEqual([403, 'password.current_wrong']);
  });

  it('are set up and removed by no key', async () => {
    const { basic } = await server.newPersonalKey(user);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/totp'],
      ['DELETE', '/totp'],
      ['POST', '/recovery-codes'],
      ['POST', '/passkeys/options'],
    ] as const) {
      const { status } = await server.call(method, `${PATH}${path}`, {
        basic,
        json: { currentPassword: user.password },
      });
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });

  it('need no password of an account that has none', async () => {
    const email = `nobody-${user.accountId}@example.org`;
    const signUp = await server.call('POST', '/signup', { json: { email, language: 'en', unittest: true } });
    const path = `/confirm/signup/${signUp.body.confirmation}`;
    const { token } = (await server.call('POST', path, { json: { consent: 1 } })).body;
    expect((await server.call('POST', `${PATH}/totp`, { token })).status).toBe(201);
  });

  it('confirm an app within an hour, and only the latest', async () => {
    expect(await codeFor('POST', '/totp/confirm', { code: '123456' })).toEqual([404, 'second_factor.not_found']);
    const first = (await call('POST', '/totp')).body.secret;
    const second = (await call('POST', '/totp')).body.secret;
    expect(await codeFor('POST', '/totp/confirm', { code: codeOf(server, first) })).toEqual([
      400,
      'second_factor.code_wrong',
    ]);
    server.clock.advance(3601);
    user = { ...(await server.logIn(user.email, user.password)) };
    expect(await codeFor('POST', '/totp/confirm', { code: codeOf(server, second) })).toEqual([
      404,
      'second_factor.not_found',
    ]);
    server.admin = await server.logIn(server.admin.email, server.admin.password);
  });

  it('replace an app by another without a moment in between', async () => {
    const { secret: old } = await setUpTotp(server, user);
    const { secret } = (await call('POST', '/totp')).body;
    const before = await challengeOf(server, user);
    expect((await answer(server, { ...before, code: codeOf(server, old) })).status).toBe(200);
    const confirmed = await call('POST', '/totp/confirm', { code: codeOf(server, secret) });
    expect([confirmed.status, confirmed.body]).toEqual([200, { recoveryCodes: null }]);
    server.clock.advance(30);
    const { challenge } = await challengeOf(server, user);
    expect((await answer(server, { challenge, code: codeOf(server, old) })).status).toBe(401);
    expect((await answer(server, { challenge, code: codeOf(server, secret) })).status).toBe(200);
  });

  it('have new recovery codes in place of the former', async () => {
    expect(await codeFor('POST', '/recovery-codes')).toEqual([404, 'second_factor.not_found']);
    const { recoveryCodes: old } = await setUpTotp(server, user);
    const { status, body } = await call('POST', '/recovery-codes');
    expect([status, body.recoveryCodes.length]).toEqual([201, 10]);
    const { challenge } = await challengeOf(server, user);
    expect((await answer(server, { challenge, recoveryCode: old[0] })).status).toBe(401);
    expect((await answer(server, { challenge, recoveryCode: body.recoveryCodes[0] })).status).toBe(200);
  });

  it('can be removed, with the recovery codes and what a login waits for', async () => {
    const { secret, recoveryCodes } = await setUpTotp(server, user);
    const { challenge } = await challengeOf(server, user);
    expect(await codeFor('DELETE', '/totp')).toEqual([204, undefined]);
    expect(await codeFor('DELETE', '/totp')).toEqual([404, 'second_factor.not_found']);
    for (const proof of [{ code: codeOf(server, secret) }, { recoveryCode: recoveryCodes[0] }])
      expect((await answer(server, { challenge, ...proof })).headers['x-error-code']).toBe('login.challenge_gone');
    expect(await isAsked(user)).toBe(false);
    expect((await call('GET')).body).toMatchObject({ totp: null, recoveryCodesLeft: 0 });
    await mailTo(server, user, 'no longer asks for a code of your authenticator app');
    expect((await eventsOf(server, user, 'account.second_factor')).at(-1)).toEqual([
      'account.second_factor_removed',
      { kind: 'totp' },
    ]);
  });

  it('do not concern keys', async () => {
    const { basic } = await server.newPersonalKey(user);
    await setUpTotp(server, user);
    expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(200);
  });

  it('are deleted with the account', async () => {
    const member = await server.newMember(user, 'user');
    await setUpTotp(server, member);
    const { token } = user;
    expect((await server.call('DELETE', `/api/v1/members/${member.uuid}`, { token })).status).toBe(204);
    for (const table of ['totp_factor', 'recovery_code', 'factor_challenge', 'passkey']) {
      const rows = await server.dataSource.query(`SELECT id FROM ${table} WHERE account_id = ${member.accountId}`);
      expect([table, rows]).toEqual([table, []]);
    }
  });

  it('are encrypted for their own row', async () => {
    const { secret } = await setUpTotp(server, user);
    const other = await server.newMerchant();
    await setUpTotp(server, other);
    const factors = server.dataSource.getRepository(TotpFactor);
    const own = await factors.findOneByOrFail({ accountId: user.accountId });
    await factors.update({ id: Not(own.id), accountId: other.accountId }, { encryptedSecret: own.encryptedSecret });
    const { challenge } = await challengeOf(server, other);
    expect((await answer(server, { challenge, code: codeOf(server, secret) })).status).toBe(500);
  });

  it('that nobody waits for are cleaned up', async () => {
    await setUpTotp(server, user);
    await challengeOf(server, user);
    expect((await server.keepHouse('factor_challenges'))?.counts).toEqual({});
    server.clock.advance(3901);
    const { deleted } = (await server.keepHouse('factor_challenges'))?.counts ?? {};
    expect(deleted).toBeGreaterThan(0);
  });
});
