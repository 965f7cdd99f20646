/** Guarantees of logins of accounts with a second factor: the same on all three surfaces, and no way around it. */

import { Account } from '../../../src/accounts/account.entity.js';
import { TestServer, type User } from '../../support/server.js';
import {
  answer,
  challengeOf,
  codeOf,
  eventsOf,
  LOGINS,
  mailTo,
  setUpTotp,
  wrongCode,
  type LoginCase,
} from '../../support/second-factors.js';

const NEW_PASSWORD = 'another correct horse battery';

describe('a login with a second factor', () => {
  let server: TestServer;
  let user: User;
  let secret: string;
  let recoveryCodes: string[];
  beforeAll(async () => {
    server = await TestServer.start();
  });
  beforeEach(async () => {
    user = await server.newMerchant();
    ({ secret, recoveryCodes } = await setUpTotp(server, user));
  });
  afterAll(() => server.stop());

  const refusalOf = ({ status, headers }: Awaited<ReturnType<typeof answer>>) => [status, headers['x-error-code']];
  const send = async (json: object) => refusalOf(await answer(server, json));

  describe.each(LOGINS)('on the $surface surface', ({ path, next, refusal, tokenIn }: LoginCase) => {
    const logIn = () => server.call('POST', path, { json: { username: user.email, password: user.password } });

    it('takes the password and then a code', async () => {
      const first = await logIn();
      const secondFactor = {
        challenge: expect.stringMatching(/^[\w-]{43}$/),
        methods: ['totp', 'recoveryCode'],
        expiresIn: 300,
      };
      expect([first.status, first.body]).toEqual([401, refusal(secondFactor)]);
      const { challenge } = first.body.secondFactor ?? first.body.data.secondFactor;
      const wrong = await server.call('POST', next, { json: { challenge, code: wrongCode(server, secret) } });
      expect(refusalOf(wrong)).toEqual([401, 'login.second_factor_failed']);
      const second = await server.call('POST', next, { json: { challenge, code: codeOf(server, secret) } });
      expect(second.status).toBe(200);
      const token = tokenIn(second.body);
      expect((await server.call('GET', '/whoami/jwt', { token })).body.account.id).toBe(user.accountId);
      expect((await server.call('GET', '/api/v1/applications', { token })).status).toBe(200);
    });

    it('answers like a login without a second factor', async () => {
      const other = await server.newMerchant();
      const json = { username: other.email, password: other.password };
      const simple = await server.call('POST', path, { json });
      const first = await logIn();
      const { challenge } = first.body.secondFactor ?? first.body.data.secondFactor;
      const second = await server.call('POST', next, { json: { challenge, code: codeOf(server, secret) } });
      const shapeOf = (value: object): unknown =>
        Object.entries(value).map(([name, item]) => [name, item && typeof item === 'object' ? shapeOf(item) : null]);
      expect(shapeOf(second.body)).toEqual(shapeOf(simple.body));
    });

    it.each<[string, object]>([
      ['no challenge', { code: '123456' }],
      ['a challenge that is no text', { challenge: 1, code: '123456' }],
      ['no answer', { challenge: 'x' }],
      ['null for an answer', { challenge: 'x', code: null, recoveryCode: null, passkey: null }],
      ['letters for digits', { challenge: 'x', code: 'abcdef' }],
      ['a code that is a number', { challenge: 'x', code: 123456 }],
      ['a passkey that is a text', { challenge: 'x', passkey: 'x' }],
      ['a passkey that is a list', { challenge: 'x', passkey: [] }],
      ['a recovery code that is a number', { challenge: 'x', recoveryCode: 1 }],
    ])('refuses %s with 400', async (_, json) => {
      expect(refusalOf(await server.call('POST', next, { json }))).toEqual([400, 'request.invalid']);
    });

    it('says nothing of second factors to a wrong password', async () => {
      const other = await server.newMerchant();
      const answers = [];
      for (const { email } of [user, other])
        answers.push((await server.call('POST', path, { json: { username: email, password: 'wrong password' } })).body);
      expect(answers[0]).toEqual(answers[1]);
    });
  });

  it('takes a code that is a step old, and once', async () => {
    server.clock.advance(30);
    const code = codeOf(server, secret, -1);
    expect(await send({ challenge: (await challengeOf(server, user)).challenge, code })).toEqual([200, undefined]);
    expect(await send({ challenge: (await challengeOf(server, user)).challenge, code })).toEqual([
      401,
      'login.second_factor_failed',
    ]);
  });

  it('takes no code of another time, nor one from before the latest', async () => {
    server.clock.advance(60);
    const { challenge } = await challengeOf(server, user);
    for (const steps of [-2, 2])
      expect(await send({ challenge, code: codeOf(server, secret, steps) })).toEqual([
        401,
        'login.second_factor_failed',
      ]);
    expect(await send({ challenge, code: codeOf(server, secret, 1) })).toEqual([200, undefined]);
    const next = await challengeOf(server, user);
    expect(await send({ ...next, code: codeOf(server, secret) })).toEqual([401, 'login.second_factor_failed']);
  });

  it('takes no challenge that is unknown, used, expired or of a registration', async () => {
    const gone = [401, 'login.challenge_gone'];
    expect(await send({ challenge: 'o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE', code: '123456' })).toEqual(gone);

    const { challenge } = await challengeOf(server, user);
    expect(await send({ challenge, code: codeOf(server, secret) })).toEqual([200, undefined]);
    server.clock.advance(30);
    expect(await send({ challenge, code: codeOf(server, secret) })).toEqual(gone);

    const late = await challengeOf(server, user);
    server.clock.advance(301);
    expect(await send({ challenge: late.challenge, code: codeOf(server, secret) })).toEqual(gone);

    const { token } = await server.logIn(server.admin.email, server.admin.password);
    const options = await server.call('POST', '/api/v1/second-factor/passkeys/options', {
      token,
      json: { currentPassword: server.admin.password },
    });
    expect(await send({ challenge: options.body.publicKey.challenge, code: codeOf(server, secret) })).toEqual(gone);
  });

  it("takes nobody else's code or recovery code", async () => {
    const other = await server.newMerchant();
    const others = await setUpTotp(server, other);
    const { challenge } = await challengeOf(server, user);
    for (const proof of [{ code: codeOf(server, others.secret) }, { recoveryCode: others.recoveryCodes[0] }])
      expect(await send({ challenge, ...proof })).toEqual([401, 'login.second_factor_failed']);
  });

  it('takes five answers to a challenge, also at the same time', async () => {
    const { challenge } = await challengeOf(server, user);
    const code = wrongCode(server, secret);
    const all = await Promise.all(Array.from({ length: 8 }, () => send({ challenge, code })));
    expect(all.filter(([, error]) => error === 'login.second_factor_failed')).toHaveLength(5);
    expect(all.filter(([, error]) => error === 'login.challenge_gone')).toHaveLength(3);
    expect(await send({ challenge, code: codeOf(server, secret) })).toEqual([401, 'login.challenge_gone']);
  });

  it('takes no more codes after 20 wrong ones in an hour, but recovery codes', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { challenge } = await challengeOf(server, user);
      for (let count = 0; count < 5; count += 1)
        expect(await send({ challenge, code: wrongCode(server, secret) })).toEqual([401, 'login.second_factor_failed']);
    }
    const { challenge } = await challengeOf(server, user);
    const throttled = await answer(server, { challenge, code: codeOf(server, secret) });
    expect([...refusalOf(throttled), throttled.headers['retry-after']]).toEqual([429, 'login.throttled', '3600']);
    expect(await send({ challenge, recoveryCode: recoveryCodes[0] })).toEqual([200, undefined]);
    server.clock.advance(3601);
    const later = await challengeOf(server, user);
    expect(await send({ ...later, code: codeOf(server, secret) })).toEqual([200, undefined]);
    server.admin = await server.logIn(server.admin.email, server.admin.password);
  });

  it('opens one session for one code, whatever comes at the same time', async () => {
    const challenges = await Promise.all(Array.from({ length: 4 }, () => challengeOf(server, user)));
    const code = codeOf(server, secret);
    const all = await Promise.all(
      challenges.flatMap(({ challenge }) => [send({ challenge, code }), send({ challenge, code })]),
    );
    expect(all.filter(([status]) => status === 200)).toHaveLength(1);
    const events = await eventsOf(server, user, 'account.logged_in');
    expect(events.filter(([, details]) => JSON.stringify(details).includes('secondFactor'))).toHaveLength(1);
  });

  it('opens one session for one recovery code, whatever comes at the same time', async () => {
    const challenges = await Promise.all(Array.from({ length: 4 }, () => challengeOf(server, user)));
    const [recoveryCode] = recoveryCodes;
    const all = await Promise.all(challenges.map(({ challenge }) => send({ challenge, recoveryCode })));
    expect(all.filter(([status]) => status === 200)).toHaveLength(1);
  });

  it('takes each recovery code once, however it is typed, and tells the owner', async () => {
    const [first = '', second = ''] = recoveryCodes;
    const { challenge } = await challengeOf(server, user);
    expect(await send({ challenge, recoveryCode: first.toLowerCase().replaceAll('-', ' ') })).toEqual([200, undefined]);
    const again = await challengeOf(server, user);
    expect(await send({ challenge: again.challenge, recoveryCode: first })).toEqual([
      401,
      'login.second_factor_failed',
    ]);
    expect(await send({ challenge: again.challenge, recoveryCode: second })).toEqual([200, undefined]);
    await mailTo(server, user, '9 of them are left');
    expect(await eventsOf(server, user, 'account.recovery_code_used')).toEqual([
      ['account.recovery_code_used', { left: 9 }],
      ['account.recovery_code_used', { left: 8 }],
    ]);
  });

  it('offers no recovery code when none is left', async () => {
    for (const recoveryCode of recoveryCodes)
      expect(await send({ ...(await challengeOf(server, user)), recoveryCode })).toEqual([200, undefined]);
    expect((await challengeOf(server, user)).methods).toEqual(['totp']);
  });

  it('is void once the password has changed', async () => {
    const { challenge } = await challengeOf(server, user);
    const json = { password: NEW_PASSWORD, currentPassword: user.password };
    expect((await server.call('PATCH', '/account/jwt', { token: user.token, json })).status).toBe(200);
    expect(await send({ challenge, code: codeOf(server, secret) })).toEqual([401, 'login.challenge_gone']);
    const next = await challengeOf(server, user, NEW_PASSWORD);
    expect(await send({ ...next, code: codeOf(server, secret) })).toEqual([200, undefined]);
  });

  it('asks for the second factor after the account was recovered by mail, if its address had been proven', async () => {
    await server.dataSource.manager.update(Account, { id: user.accountId }, { emailVerifiedAt: new Date() });
    await server.call('POST', '/recover', { json: { email: user.email } });
    const text = await mailTo(server, user, '/confirm/recovery/');
    const path = /\/confirm\/recovery\/[\da-f]+/.exec(text)?.[0] ?? '';
    expect((await server.call('POST', path, { json: { password: NEW_PASSWORD } })).status).toBe(200);
    expect((await challengeOf(server, user, NEW_PASSWORD)).methods).toEqual(['totp', 'recoveryCode']);
  });

  it('opens no session of a member who was disabled meanwhile', async () => {
    const member = await server.newMember(server.admin, 'user');
    const { secret: theirs } = await setUpTotp(server, member);
    const { challenge } = await challengeOf(server, member);
    const disabling = { token: server.admin.token, json: { status: 'disabled' } };
    expect((await server.call('PATCH', `/api/v1/members/${member.uuid}`, disabling)).status).toBe(200);
    expect(await send({ challenge, code: codeOf(server, theirs) })).toEqual([401, 'login.challenge_gone']);
  });

  it('ends what began without it, also at the same time', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { token, email, password } = await server.newMerchant();
      const json = { currentPassword: password };
      const begun = await server.call('POST', '/api/v1/second-factor/totp', { token, json });
      const code = codeOf(server, begun.body.secret);
      const [confirmed, ...logins] = await Promise.all([
        server.call('POST', '/api/v1/second-factor/totp/confirm', { token, json: { code } }),
        ...Array.from({ length: 8 }, () => server.call('POST', '/login', { json: { username: email, password } })),
      ]);
      expect(confirmed.status).toBe(200);
      for (const { body } of logins)
        expect((await server.call('GET', '/whoami/jwt', { token: body.token ?? 'none' })).status).toBe(401);
    }
  });

  it('is recorded, also when it fails', async () => {
    const { challenge } = await challengeOf(server, user);
    await send({ challenge, code: wrongCode(server, secret) });
    await send({ challenge, code: codeOf(server, secret) });
    expect(await eventsOf(server, user, 'account.login_failed')).toEqual([
      ['account.login_failed', { reason: 'login.second_factor_failed' }],
    ]);
    expect((await eventsOf(server, user, 'account.logged_in')).at(-1)).toEqual([
      'account.logged_in',
      { secondFactor: 'totp' },
    ]);
  });
});

describe('guesses at challenges', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ LOGIN_RATE_LIMIT_PER_MINUTE: '1' });
  });
  afterAll(() => server.stop());

  it('are limited by the address that they come from', async () => {
    const guess = async (count: number) =>
      (await answer(server, { challenge: `guess-${count}`, code: '123456' })).status;
    const statuses = [];
    for (let count = 0; count < 11; count += 1) statuses.push(await guess(count));
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
  });
});
