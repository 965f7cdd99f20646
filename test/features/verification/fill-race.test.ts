/** Guarantee of the key cache: a read that overlaps with a change never fills the cache with what was true before it. */

import { CachedKeyReader } from '../../../src/verification/cache/cached-key.js';
import { CacheValidity } from '../../../src/verification/cache/cache-validity.js';
import { KeyCache } from '../../../src/verification/cache/key-cache.js';
import { TestServer, type User } from '../../support/server.js';

type Read = CachedKeyReader['read'];

/** Hops of the event loop's queue that a read, a waiter and a change are shifted against each other. */
const HOPS = 14;

describe('a read of a key that overlaps with a change', () => {
  let server: TestServer;
  let user: User;
  let applicationId: string;
  let keys: CachedKeyReader;
  let cache: KeyCache;
  let read: Read;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    applicationId = await server.newApplication(user);
    keys = server.app.get(CachedKeyReader, { strict: false });
    cache = server.app.get(KeyCache, { strict: false });
    read = keys.read.bind(keys);
  });
  afterEach(() => (keys.read = read));
  afterAll(() => server.stop());

  const check = async (fullKey: string): Promise<number> =>
    (await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status;

  const change = async (method: string, path: string, json?: unknown): Promise<void> => {
    const { status } = await server.call(method, `/api/v1/applications/${applicationId}${path}`, {
      token: user.token,
      json,
    });
    expect([200, 204]).toContain(status);
  };

  /** Holds the first read of a key back once the database has answered it. */
  function holdFirstRead(): { hasBegun: Promise<void>; letGo: () => void; reads: () => number } {
    let begin!: () => void;
    let letGo!: () => void;
    let reads = 0;
    const hasBegun = new Promise<void>((resolve) => (begin = resolve));
    const held = new Promise<void>((resolve) => (letGo = resolve));
    keys.read = async (publicId) => {
      reads += 1;
      const isFirst = reads === 1;
      const key = await read(publicId);
      if (isFirst) {
        begin();
        await held;
      }
      return key;
    };
    return { hasBegun, letGo, reads: () => reads };
  }

  it.each<[string, (id: string) => Promise<void>, () => Promise<void>]>([
    ['the key is disabled', (id) => change('PATCH', `/api-keys/${id}`, { isEnabled: false }), () => Promise.resolve()],
    ['the key is deleted', (id) => change('DELETE', `/api-keys/${id}`), () => Promise.resolve()],
    [
      'its application is disabled',
      () => change('PATCH', '/status', { isEnabled: false }),
      () => change('PATCH', '/status', { isEnabled: true }),
    ],
  ])('answers and caches the state after the change when %s', async (_, lose, undo) => {
    const { id, fullKey } = await server.newFullKey(user, applicationId);
    const first = holdFirstRead();
    const early = check(fullKey);
    await first.hasBegun;
    await lose(id);
    // Begun after the change had returned, while what was read before it is still on its way.
    expect(await check(fullKey)).toBe(401);
    first.letGo();
    expect(await early).toBe(401);
    expect(await check(fullKey)).toBe(401);
    await undo();
  });

  it('does not cache what was read before a key was restored', async () => {
    const { id, fullKey } = await server.newFullKey(user, applicationId);
    await change('PATCH', `/api-keys/${id}`, { isEnabled: false });
    const first = holdFirstRead();
    const early = check(fullKey);
    await first.hasBegun;
    await change('PATCH', `/api-keys/${id}`, { isEnabled: true });
    expect(await check(fullKey)).toBe(204);
    first.letGo();
    expect(await early).toBe(204);
    expect(await check(fullKey)).toBe(204);
  });

  it('reads the database once for all simultaneous requests for a key', async () => {
    const validity = server.app.get(CacheValidity, { strict: false });
    let epoch: number | null;
    let reads: number;
    do {
      epoch = validity.generation();
      const { fullKey } = await server.newFullKey(user, applicationId);
      const first = holdFirstRead();
      const early = [check(fullKey), check(fullKey), check(fullKey)];
      await first.hasBegun;
      first.letGo();
      expect(await Promise.all(early)).toEqual([204, 204, 204]);
      reads = first.reads();
      // On a machine that stood still for longer than a lease everybody asks.
    } while (epoch === null || validity.generation() !== epoch);
    expect(reads).toBe(1);
  });

  it('caches nothing outdated in whatever order the read ends, another begins and the change arrives', async () => {
    const { id, fullKey } = await server.newFullKey(user, applicationId);
    const publicId = fullKey.slice(0, 'ks_live_'.length + 16);
    const old = await read(publicId);
    await change('PATCH', `/api-keys/${id}`, { isEnabled: false });
    const now = await read(publicId);
    expect([old?.isActive, now?.isActive]).toEqual([true, false]);

    const after = async (hops: number, work: () => unknown): Promise<void> => {
      for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
      await work();
    };
    const stale: string[] = [];
    for (let end = 0; end <= HOPS; end += 1) {
      for (let ask = 0; ask <= HOPS; ask += 1) {
        for (let apply = 0; apply <= HOPS; apply += 1) {
          cache.clear();
          let isChanged = false;
          let finish!: () => void;
          const ended = new Promise<void>((resolve) => (finish = resolve));
          keys.read = async () => {
            const found = isChanged ? now : old;
            await ended;
            return found;
          };
          await Promise.all([
            cache.fetch(publicId),
            // Within one hop, too: who asks while the read is ending, and the change after it has ended.
            after(ask, () => cache.fetch(publicId)),
            after(end, finish),
            after(apply, () => {
              isChanged = true;
              cache.invalidate({ kind: 'key', id: publicId });
            }),
          ]);
          if (cache.get(publicId) === old) stale.push(`end ${end}, ask ${ask}, apply ${apply}`);
        }
      }
    }
    expect(stale).toEqual([]);
  });
});
