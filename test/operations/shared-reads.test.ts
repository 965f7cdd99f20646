/** Guarantees that requests whose reads share statements are each answered for themselves. */

import { randomUUID } from 'node:crypto';
import { TestServer, type User } from '../support/server.js';

const AT_ONCE = 120;

describe('Requests at the same time', () => {
  let server: TestServer;
  const merchants: { user: User; application: string }[] = [];
  beforeAll(async () => {
    server = await TestServer.start();
    for (let index = 0; index < 6; index += 1) {
      const user = await server.newMerchant();
      merchants.push({ user, application: await server.newApplication(user) });
    }
  });
  afterAll(() => server.stop());

  const merchant = (index: number) => {
    const found = merchants[index % merchants.length];
    if (!found) throw new Error('There are no merchants.');
    return found;
  };
  const read = (application: string, token?: string) =>
    server.call('GET', `/api/v1/applications/${application}`, { token });

  it('are each answered for their own caller and resource', async () => {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index) => {
        const { user, application } = merchant(index);
        const kinds = [
          async () => {
            const { status, body } = await read(application, user.token);
            expect([status, body.id]).toEqual([200, application]);
          },
          async () => expect((await read(merchant(index + 1).application, user.token)).status).toBe(403),
          async () => expect((await read(randomUUID(), user.token)).status).toBe(404),
          async () => expect((await read(application, `${user.token}x`)).status).toBe(401),
          async () => {
            const { body } = await server.call('GET', '/api/v1/applications', { token: user.token });
            expect(body.items.map(({ id }: { id: string }) => id)).toEqual([application]);
          },
        ];
        await kinds[Math.floor(index / merchants.length) % kinds.length]?.();
      }),
    );
  });

  it('are refused after a logout, however many others read at the time', async () => {
    const { user } = merchant(0);
    const others = merchants.slice(1);
    let isOver = false;
    const load = async () => {
      while (!isOver)
        for (const { status } of await Promise.all(others.map((each) => read(each.application, each.user.token))))
          expect(status).toBe(200);
    };
    const logOut = async () => {
      expect((await server.call('POST', '/api/v1/auth/logout', { token: user.token })).status).toBe(204);
      const { application } = merchant(0);
      const after = await Promise.all(Array.from({ length: 20 }, () => read(application, user.token)));
      expect(new Set(after.map(({ status }) => status))).toEqual(new Set([401]));
    };
    await Promise.all([load(), logOut().finally(() => (isOver = true))]);
  });
});
