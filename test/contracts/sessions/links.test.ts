/** Guarantee: to read the address of a link, as programs that look at mails do, changes nothing; only what is posted to it does. */

import { randomUUID } from 'node:crypto';
import { invite, mailedLink, NEW_MEMBER, newMerchantBody, signUpMerchant } from '../../support/links.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';
import { rowsWith } from '../../support/tenants.js';

describe('sessions: links', () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const newAddress = () => `new-${randomUUID()}@person.example`;
  const post = (path: string, json: object) => server.call('POST', path, { json });

  /** Links by what they are of, with what they take, and how many mails have come to the address with them. */
  const LINKS: [string, object, number, (email: string) => Promise<unknown>][] = [
    ['of a signup', { consent: 1 }, 1, (email) => post('/signup', { email, language: 'en' })],
    ['of an invited member', NEW_MEMBER, 1, (email) => invite(server, owner, email)],
    [
      'of an invited merchant',
      newMerchantBody('new@shop.example'),
      1,
      (email) => server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json: { email } }),
    ],
    [
      'to a new address',
      {},
      1,
      async (email) => {
        const { token } = await server.newMember(owner, 'user');
        return server.call('PATCH', '/account/jwt', { token, json: { email, currentPassword: PASSWORD } });
      },
    ],
    ['to the address of a new merchant', {}, 1, (email) => signUpMerchant(server, email)],
    [
      'of a recovery',
      { password: 'a new battery for the horse' },
      2,
      async (email) => {
        await signUpMerchant(server, email);
        await mailedLink(server, email);
        return post('/recover', { email });
      },
    ],
  ];

  it.each(LINKS)('GET and HEAD of a link %s change nothing', async (_, json, mails, make) => {
    const email = newAddress();
    await make(email);
    const path = await mailedLink(server, email, mails);
    await server.sealed();
    await server.flushed();
    const rows = async () => (await rowsWith(server.dataSource, [''])).filter(isLasting);
    const before = await rows();
    expect(before.length).toBeGreaterThan(10);
    for (const method of ['GET', 'HEAD', 'GET']) expect((await server.call(method, path)).status).toBeLessThan(500);
    await server.sealed();
    expect(await rows()).toEqual(before);
    const { status } = await post(path, json);
    expect([200, 201]).toContain(status);
    expect(await rows()).not.toEqual(before);
  });
});

/** Instances renew their leases whatever happens, and count requests. */
const isLasting = (row: string): boolean => !/^(instance|rate_count|job_lease|key_revision)/.test(row);
