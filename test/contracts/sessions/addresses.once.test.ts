/** Contract S4: an address is verified only by a link that went to it by mail and nowhere else; an unverified one reserves nothing. */

import { randomUUID } from 'node:crypto';
import { Account } from '../../../src/accounts/account.entity.js';
import { invite, mailedLink, NEW_MEMBER, newMerchantBody, pathOf, signUpMerchant } from '../../support/links.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const OWN_PASSWORD = 'the password of its owner';

describe('sessions: to whom an address belongs', () => {
  let server: TestServer;
  let evil: User;
  let shop: User;
  let address: string;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '86400' });
    evil = await server.newMerchant();
    shop = await server.newMerchant();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    address = `victim-${randomUUID()}@person.example`;
  });

  /** Lets the time pass until another mail of a subject is sent to the address, once so many mails have come. */
  async function pause(mails: number, seconds = 61): Promise<void> {
    await server.mailbox.latestTo(address, mails);
    server.clock.advance(seconds);
  }
  const post = (path: string, json: unknown = {}) => server.call('POST', path, { json });
  const accountOf = async (email: string, password = PASSWORD) =>
    (await post('/login', { email, password })).body.account?.id as number | undefined;
  const isVerified = async (id: number | undefined) =>
    (await server.dataSource.getRepository(Account).findOneByOrFail({ id })).emailVerifiedAt !== null;

  /** Ways by which somebody comes to have the address without reading its mails; each says whether the account has it. */
  const SQUATTINGS: [string, () => Promise<{ mails: number; token?: string }>][] = [
    [
      'an invitation to oneself, accepted by the link in the answer',
      async () => {
        await post(await invite(server, evil, address), NEW_MEMBER);
        return { mails: 2, token: (await server.logIn(address, PASSWORD)).token };
      },
    ],
    [
      'a merchant signed up by the link in the answer',
      async () => {
        await signUpMerchant(server, address);
        return { mails: 1, token: (await server.logIn(address, PASSWORD)).token };
      },
    ],
    [
      'a merchant invited at another address',
      async () => {
        const email = `evil-${randomUUID()}@person.example`;
        await server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json: { email } });
        await post(await mailedLink(server, email), newMerchantBody(address));
        return { mails: 1, token: (await server.logIn(address, PASSWORD)).token };
      },
    ],
    [
      'a signup that is not confirmed',
      async () => {
        await post('/signup', { email: address, language: 'en' });
        return { mails: 1 };
      },
    ],
    [
      'an invitation that is not accepted',
      async () => {
        await invite(server, evil, address);
        return { mails: 1 };
      },
    ],
    [
      'a change of the address that is not confirmed',
      async () => {
        const { token } = await server.newMember(evil, 'user');
        const json = { email: address, currentPassword: PASSWORD };
        await server.call('PATCH', '/account/jwt', { token, json });
        return { mails: 1 };
      },
    ],
  ];

  /** Ways by which the owner, who reads the mails, comes to have an account by the address. */
  const CLAIMS: [string, (mails: number) => Promise<number | undefined>][] = [
    [
      'sign up',
      async (mails) => {
        await post('/signup', { email: address.toUpperCase(), language: 'en' });
        const link = await mailedLink(server, address.toUpperCase());
        expect(mails).toBeGreaterThan(0);
        return (await post(link, { consent: 1 })).body.account?.id;
      },
    ],
    [
      'be invited elsewhere',
      async (mails) => {
        await invite(server, shop, address);
        expect(
          (await post(await mailedLink(server, address, mails + 1), { ...NEW_MEMBER, password: OWN_PASSWORD })).status,
        ).toBe(201);
        return accountOf(address, OWN_PASSWORD);
      },
    ],
    [
      'be invited as a merchant',
      async (mails) => {
        const json = { email: address };
        await server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json });
        expect((await post(await mailedLink(server, address, mails + 1), newMerchantBody(address))).status).toBe(201);
        return accountOf(address);
      },
    ],
    [
      'change an account to it',
      async (mails) => {
        const member = await server.newMember(shop, 'user');
        const json = { email: address, currentPassword: PASSWORD };
        await server.call('PATCH', '/account/jwt', { token: member.token, json });
        expect((await post(await mailedLink(server, address, mails + 1))).status).toBe(200);
        return accountOf(address);
      },
    ],
  ];

  const PAIRS = SQUATTINGS.flatMap(([squatting, squat]) =>
    CLAIMS.map(([claim, take]) => [claim, squatting, squat, take] as const),
  );

  it.each(PAIRS)('S4: its owner can %s, whoever has come by it by %s', async (_, __, squat, take) => {
    const { mails, token } = await squat();
    const whoSquats = token && (await server.call('GET', '/whoami/jwt', { token })).body.account;
    if (whoSquats) expect(await isVerified(whoSquats.id)).toBe(false);

    await pause(mails);
    const owner = await take(mails);
    expect(owner).toEqual(expect.any(Number));
    expect(await isVerified(owner)).toBe(true);
    if (!whoSquats) return;
    expect(owner).not.toBe(whoSquats.id);
    // The other one has lost the name, and keeps the account.
    const name = `user-${whoSquats.id}`;
    const kept = await server.call('GET', '/whoami/jwt', { token });
    expect([kept.status, kept.body.account.username]).toEqual([200, name]);
    expect((await post('/login', { username: name, password: PASSWORD })).body.account.id).toBe(whoSquats.id);
    expect(await accountOf(address)).not.toBe(whoSquats.id);
  });

  it('S4: that an account has lost its address is audited', async () => {
    await post(await invite(server, evil, address), NEW_MEMBER);
    const { accountId, uuid } = await server.logIn(address, PASSWORD);
    await server.mailbox.latestTo(address, 2);
    await post('/signup', { email: address, language: 'en' });
    await post(await mailedLink(server, address, 3), { consent: 1 });
    const query = `action=account.address_lost&targetId=${uuid}`;
    const { body } = await server.call('GET', `/api/v1/audit-events?${query}`, { token: evil.token });
    expect([accountId, body.totalItems]).toEqual([expect.any(Number), 1]);
  });

  it('S4: an account that has lost its address is mailed nothing to it, and gets it back by no link of before', async () => {
    await post(await invite(server, evil, address), NEW_MEMBER);
    const squatter = await server.logIn(address, PASSWORD);
    const confirmation = await mailedLink(server, address, 2);
    await post('/recover', { email: address });
    const recovery = await mailedLink(server, address, 3);
    await post('/signup', { email: address, language: 'en' });
    const { body } = await post(await mailedLink(server, address, 4), { consent: 1 });

    expect((await post(confirmation)).status).toBe(404);
    expect((await post(recovery, { password: OWN_PASSWORD })).status).toBe(404);
    const json = { password: 'another battery horse', currentPassword: PASSWORD };
    expect((await server.call('PATCH', '/account/jwt', { token: squatter.token, json })).status).toBe(200);
    await pause(4);
    await post('/recover', { email: address });
    await post(await mailedLink(server, address, 5), { password: OWN_PASSWORD });
    expect(await accountOf(address, OWN_PASSWORD)).toBe(body.account.id);
    const { text } = await server.mailbox.latestTo(address, 6);
    expect(text).toContain('Your password has been set');
    expect(server.mailbox.mails.filter(({ to }) => to === address)).toHaveLength(6);
  });

  it('S4: its owner can recover the account that somebody else has by it, who keeps neither session, password nor personal key', async () => {
    await post(await invite(server, evil, address), NEW_MEMBER);
    const squatter = await server.logIn(address, PASSWORD);
    const { basic } = await server.newPersonalKey(squatter);
    await post('/recover', { email: address });
    expect((await post(await mailedLink(server, address, 3), { password: OWN_PASSWORD })).status).toBe(200);
    expect((await server.call('GET', '/whoami/jwt', { token: squatter.token })).status).toBe(401);
    expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(401);
    expect(await accountOf(address)).toBeUndefined();
    expect(await accountOf(address, OWN_PASSWORD)).toBe(squatter.accountId);
    expect(await isVerified(squatter.accountId)).toBe(true);
  });

  it('S4: a recovered account whose address was proven keeps its personal keys', async () => {
    const path = await invite(server, shop, address);
    await post(await mailedLink(server, address), NEW_MEMBER);
    expect((await post(path, NEW_MEMBER)).status).toBe(410);
    const { basic } = await server.newPersonalKey(await server.logIn(address, PASSWORD));
    await post('/recover', { email: address });
    expect((await post(await mailedLink(server, address, 2), { password: OWN_PASSWORD })).status).toBe(200);
    expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(200);
  });

  it('S4: a verified address is taken from nobody', async () => {
    await invite(server, shop, address);
    await post(await mailedLink(server, address), NEW_MEMBER);
    const { accountId } = await server.logIn(address, PASSWORD);

    expect((await signUpMerchant(server, address)).status).toBe(409);
    await pause(1);
    expect((await post(await invite(server, evil, address), NEW_MEMBER)).status).toBe(409);
    await pause(2, 301);
    await invite(server, await server.newMerchant(), address);
    expect((await post(await mailedLink(server, address, 3), NEW_MEMBER)).status).toBe(409);
    const member = await server.newMember(evil, 'user');
    const json = { email: address, currentPassword: PASSWORD };
    await server.call('PATCH', '/account/jwt', { token: member.token, json });
    expect((await post(await mailedLink(server, address, 4))).status).toBe(409);
    await post('/signup', { email: address, language: 'en' });
    const { text } = await server.mailbox.latestTo(address, 5);
    expect(text).toContain('You have an account already');
    expect(await accountOf(address)).toBe(accountId);
  });

  it('S4: of two who have an address without proving it, the first keeps it', async () => {
    expect((await post(await invite(server, evil, address), NEW_MEMBER)).status).toBe(201);
    const path = await invite(server, shop, address);
    expect((await post(path, { ...NEW_MEMBER, password: OWN_PASSWORD })).status).toBe(409);
    expect((await signUpMerchant(server, address)).status).toBe(409);
    expect((await server.logIn(address, PASSWORD)).merchantId).toBe(evil.merchantId);
    // The refusal has used up no link.
    await server.call('DELETE', `/api/v1/members/${(await server.logIn(address, PASSWORD)).uuid}`, {
      token: evil.token,
    });
    expect((await post(path, { ...NEW_MEMBER, password: OWN_PASSWORD })).status).toBe(201);
  });

  it('S4: exactly one of several simultaneous claims is answered with the account', async () => {
    const paths = [];
    for (const { token } of [evil, shop, await server.newMerchant()]) {
      await server.call('POST', '/api/v1/members', { token, json: { email: address, role: 'user' } });
      paths.push(await mailedLink(server, address, paths.length + 1));
      await pause(paths.length, 301);
    }
    const answers = await Promise.all(paths.map((path) => post(path, NEW_MEMBER)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('S4: the link that proves the address of a new account works for a day, once, and ends no session', async () => {
    await post(await invite(server, shop, address), NEW_MEMBER);
    const { accountId, token } = await server.logIn(address, PASSWORD);
    const path = await mailedLink(server, address, 2);
    expect(path).toMatch(/^\/confirm\/email\//);
    expect(await isVerified(accountId)).toBe(false);
    const { status, body } = await post(path);
    expect([status, body]).toEqual([200, { result: 'success', email: address }]);
    expect(await isVerified(accountId)).toBe(true);
    expect((await server.call('GET', '/whoami/jwt', { token })).status).toBe(200);
    expect((await post(path)).status).toBe(404);
  });

  it('S4: a merchant that was invited at its address has proven it; no confirmation is mailed', async () => {
    const json = { email: address };
    const { body } = await server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json });
    expect((await post(await mailedLink(server, address), newMerchantBody(address))).status).toBe(201);
    const { accountId } = await server.logIn(address, PASSWORD);
    expect(await isVerified(accountId)).toBe(true);
    expect((await post(pathOf(body.signupLink), newMerchantBody(`other-${address}`))).status).toBe(410);
    expect(server.mailbox.mails.filter(({ to }) => to === address)).toHaveLength(1);
  });
});
