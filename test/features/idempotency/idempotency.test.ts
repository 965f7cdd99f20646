/**
 * Guarantees of Idempotency-Key: a request is carried out once, its repetition gets the first answer without the secret, and nothing is
 * left behind by a failure.
 */

import { randomUUID } from 'node:crypto';
import { Transactions } from '../../../src/platform/database/transactions/transactions.js';
import { IdempotencyRecord } from '../../../src/idempotency/idempotency-record.entity.js';
import type { Answer } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const DAY_SECONDS = 86_400;

describe('Idempotency-Key', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const pathOf = (id: string) => `/api/v1/applications/${id}/api-keys`;
  const create = (
    key: string | undefined,
    json: object = { description: 'A key' },
    { token }: Pick<User, 'token'> = user,
    path = pathOf(application),
  ): Promise<Answer> =>
    server.call('POST', path, { token, json, headers: key === undefined ? {} : { 'idempotency-key': key } });
  const newKey = () => `"${randomUUID()}"`;
  const keysMade = async (id = application): Promise<number> =>
    (await server.call('GET', pathOf(id), { token: user.token })).body.totalItems;
  const recordsKept = () => server.dataSource.getRepository(IdempotencyRecord).count();

  it('replays the first answer, without the secret, and creates nothing again', async () => {
    const key = newKey();
    const json = { description: 'A key', rateLimit: { limit: 5, windowSeconds: 60 } };
    const first = await create(key, json);
    const before = await keysMade();
    expect([first.status, first.headers.replayed, first.headers.etag]).toEqual([201, undefined, '"1"']);
    expect(first.body.fullKey).toMatch(/^ks_live_/);
    for (let time = 0; time < 3; time += 1) {
      const again = await create(key, json);
      expect([again.status, again.headers.replayed, again.headers.etag]).toEqual([201, 'true', first.headers.etag]);
      expect(again.body).toEqual({ ...first.body, fullKey: null });
    }
    expect(await keysMade()).toBe(before);
    expect((await server.call('GET', '/api/v1/keys/check', { token: first.body.fullKey })).status).toBe(204);
  });

  it('replays the first answer even when the resource has been deleted since', async () => {
    const own = await server.newApplication(user);
    const { id } = await server.newFullKey(user, own);
    const paths = [pathOf(own), `${pathOf(own)}/${id}/rotate`, `/api/v1/api-keys/${id}/rotate`];
    const bodyOf = (path: string): object => (path.endsWith('/rotate') ? {} : { description: 'A key' });
    const ask = (path: string, { token } = user, json = bodyOf(path)) =>
      server.call('POST', path, { token, json, headers: { 'idempotency-key': `"${path}"` } });
    const first = await Promise.all(paths.slice(0, 2).map((path) => ask(path)));
    first.push(await ask(paths[2] ?? ''));
    expect(first.map(({ status }) => status)).toEqual([201, 201, 201]);
    const expectReplays = async (): Promise<void> => {
      for (const [index, path] of paths.entries()) {
        const again = await ask(path);
        expect([path, again.status, again.headers.replayed]).toEqual([path, 201, 'true']);
        expect(again.headers.etag).toBe(first[index]?.headers.etag);
        expect(again.body).toEqual({ ...first[index]?.body, fullKey: null });
      }
    };
    await server.call('DELETE', `/api/v1/api-keys/${id}`, { token: user.token });
    await expectReplays();
    await server.call('DELETE', `/api/v1/applications/${own}`, { token: user.token });
    await expectReplays();
    const before = await recordsKept();
    const member = await server.newMember(user, 'user');
    for (const path of paths) {
      expect((await ask(path, member)).status).toBe(404);
      expect((await ask(path, user, { description: 'Another' })).status).toBe(404);
      expect((await server.call('POST', path, { token: user.token, json: { description: 'A key' } })).status).toBe(404);
    }
    expect(await recordsKept()).toBe(before);
  });

  it('replays nothing to a caller who has lost access or level since', async () => {
    let admin = await server.newMember(server.admin, 'admin');
    const role = async (name: string): Promise<void> => {
      const json = { role: name };
      await server.call('PATCH', `/api/v1/members/${admin.uuid}`, { token: server.admin.token, json });
      // A lower role ends the sessions.
      admin = await server.logIn(admin.email, admin.password);
    };
    const paths = [pathOf(application), `/api/v1/api-keys?merchantId=${user.merchantId}`, '/api/v1/api-keys'];
    const key = newKey();
    const statuses = async (): Promise<number[]> => {
      const found: number[] = [];
      for (const path of paths)
        found.push((await create(`${key.slice(0, -1)}${path}"`, undefined, admin, path)).status);
      return found;
    };
    expect(await statuses()).toEqual([201, 201, 201]);
    const before = await keysMade();
    for (const less of ['support', 'readOnly']) {
      await role(less);
      expect(await statuses()).toEqual([403, 403, 403]);
    }
    await role('admin');
    expect(await statuses()).toEqual([201, 201, 201]);
    expect(await keysMade()).toBe(before);
  });

  it('treats a body with its members in another order as the same', async () => {
    const key = newKey();
    const first = await create(key, { description: 'A key', rateLimit: { limit: 5, windowSeconds: 60 } });
    const again = await create(key, { rateLimit: { windowSeconds: 60, limit: 5 }, description: 'A key' });
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
  });

  it('leaves a number that no server can hold to be refused for what it is', async () => {
    const headers = { 'idempotency-key': newKey(), 'content-type': 'application/json' };
    const body = '{"description":"A key","level":1e999}';
    const { status } = await server.call('POST', pathOf(application), { token: user.token, headers, body });
    expect(status).toBe(400);
  });

  it('refuses a key that was used for another body or another path', async () => {
    const key = newKey();
    await create(key);
    const other = await server.newApplication(user);
    const before = [await keysMade(), await keysMade(other)];
    for (const answer of [
      await create(key, { description: 'Another' }),
      await create(key, undefined, user, pathOf(other)),
    ]) {
      expect(answer.status).toBe(422);
      expect(answer.body).toEqual({
        error: 'Unprocessable Entity',
        message: 'This Idempotency-Key was used for another request',
        code: 422,
      });
    }
    expect([await keysMade(), await keysMade(other)]).toEqual(before);
  });

  it('carries out one of ten simultaneous requests', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = newKey();
      const before = await keysMade();
      const answers = await Promise.all(Array.from({ length: 10 }, () => create(key)));
      const shown = answers.filter(({ status, body }) => status === 201 && body.fullKey !== null);
      const refused = answers.filter(({ status }) => status === 409);
      const replayed = answers.filter(({ headers }) => headers.replayed === 'true');
      expect(shown).toHaveLength(1);
      expect(shown.length + refused.length + replayed.length).toBe(10);
      expect(await keysMade()).toBe(before + 1);
    }
  });

  it('refuses a repetition while the first request is under way', async () => {
    const key = newKey();
    const before = await keysMade();
    let first: Promise<Answer[]> = Promise.resolve([]);
    await server.app.get(Transactions).run(async ({ manager }) => {
      await manager.query('UPDATE application SET id = id WHERE id = ?', [application]);
      const both = [create(key), create(key)];
      first = Promise.all(both);
      const refused = await Promise.race(both);
      expect([refused.status, refused.headers['retry-after']]).toEqual([409, '1']);
      expect(refused.body).toEqual({
        error: 'Conflict',
        message: 'A request with this Idempotency-Key is being carried out; repeat it later',
        code: 409,
      });
      expect((await create(key, { description: 'Another' })).status).toBe(422);
    });
    expect((await first).map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await keysMade()).toBe(before + 1);
  });

  it('carries out a request once that two instances get at the same time', async () => {
    const other = await server.another();
    for (let round = 0; round < 10; round += 1) {
      const key = newKey();
      const before = await keysMade();
      const options = { token: user.token, json: { description: 'A key' }, headers: { 'idempotency-key': key } };
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? server : other).call('POST', pathOf(application), options),
        ),
      );
      expect(answers.filter(({ status, body }) => status === 201 && body.fullKey !== null)).toHaveLength(1);
      for (const { status } of answers) expect([201, 409]).toContain(status);
      expect(await keysMade()).toBe(before + 1);
      expect((await create(key)).headers.replayed).toBe('true');
    }
    await server.close();
    await other.close();
    await server.open();
  });

  it('is separate for each account', async () => {
    const key = newKey();
    const member = await server.newMember(user, 'user');
    const stranger = await server.newMerchant();
    const elsewhere = pathOf(await server.newApplication(stranger));
    const answers = [
      await create(key),
      await create(key, undefined, member),
      await create(key, undefined, stranger, elsewhere),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.replayed])).toEqual(Array(3).fill([201, undefined]));
    expect(new Set(answers.map(({ body }) => body.id as string)).size).toBe(3);
  });

  it('may be reused after a refused request', async () => {
    const key = newKey();
    const records = await recordsKept();
    expect((await create(key, { description: '' })).status).toBe(400);
    expect((await create(key, undefined, user, pathOf(randomUUID()))).status).toBe(404);
    expect((await create(key, undefined, await server.newMerchant())).status).toBe(403);
    expect(await recordsKept()).toBe(records);
    const { status, headers, body } = await create(key);
    expect([status, headers.replayed]).toEqual([201, undefined]);
    expect(body.fullKey).toMatch(/^ks_live_/);
  });

  it('rolls back a request that fails, after which it may be reused', async () => {
    const key = newKey();
    const before = [await keysMade(), await recordsKept()];
    await server.dataSource.query('ALTER TABLE audit_event RENAME TO audit_event_lost');
    expect((await create(key)).status).toBe(500);
    await server.dataSource.query('ALTER TABLE audit_event_lost RENAME TO audit_event');
    expect([await keysMade(), await recordsKept()]).toEqual(before);
    expect((await create(key)).status).toBe(201);
  });

  it.each([
    ['with nothing in it', ''],
    ['with an empty string', '""'],
    ['with blanks alone', '"   "'],
    ['of 256 characters', 'x'.repeat(256)],
    ['with a blank but no quotes', 'two words'],
    ['with half a quote', '"abc'],
    ['with a quote in the middle', '"a"b"'],
    ['with two strings', '"a", "b"'],
    ['with a parameter', '"a";b=1'],
    ['with a character that is not ASCII', 'cl\u00E9'],
    ['with a control character', '"a\tb"'],
  ])('refuses a header %s', async (_, header) => {
    const before = await keysMade();
    const { status, body } = await create(header);
    expect([status, body.details]).toEqual([
      400,
      [{ field: 'Idempotency-Key', message: expect.stringContaining('1 to 255 visible ASCII characters') }],
    ]);
    expect(await keysMade()).toBe(before);
  });

  it.each([
    ['bare characters', 'abc-1', '"abc-1"'],
    ['escapes', '"a\\"b\\\\c"', '"a\\"b\\\\c"'],
    ['255 characters', 'x'.repeat(255), `"${'x'.repeat(255)}"`],
  ])('accepts a header of %s, with and without quotes alike', async (_, header, again) => {
    expect((await create(header)).headers.replayed).toBeUndefined();
    expect((await create(again)).headers.replayed).toBe('true');
  });

  it("is checked after the caller's rights and before the body", async () => {
    expect((await create('', {}, { token: 'garbage' })).status).toBe(401);
    expect((await create('', {}, user, pathOf(randomUUID()))).status).toBe(404);
    expect((await create('', {})).body.details[0].field).toBe('Idempotency-Key');
  });

  it('stores nothing when absent', async () => {
    const before = await recordsKept();
    expect((await create(undefined)).status).toBe(201);
    expect(await recordsKept()).toBe(before);
  });

  it('is kept for 24 hours and then deleted', async () => {
    const key = newKey();
    const { id } = (await create(key)).body;
    const after = async (seconds: number): Promise<Answer> => {
      server.clock.advance(seconds);
      user = await server.logIn(user.email, user.password);
      return create(key);
    };
    expect((await after(DAY_SECONDS - 60)).body.id).toBe(id);
    const anew = await after(120);
    expect([anew.status, anew.headers.replayed]).toEqual([201, undefined]);
    expect(anew.body.id).not.toBe(id);
    await server.keepHouse('idempotency_records');
    expect(await recordsKept()).toBe(1);
    expect((await create(key)).body.id).toBe(anew.body.id);
  });
});
