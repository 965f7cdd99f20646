/** Guarantees: what failed on the way is sent again where that is safe, is carried out once, and ends in time. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Keywright, KeywrightError } from '@keywright/sdk';
import { FaultProxy } from './support/fault-proxy.js';
import { logIn, startServer } from './support/server.js';

let server, proxy, keywright, token;
before(async () => {
  server = await startServer();
  proxy = await FaultProxy.before(server.url);
  token = await logIn(server);
  keywright = new Keywright({ url: proxy.url, token });
});
after(async () => {
  await proxy.stop();
  await server.stop();
});

const methods = () => proxy.requests.map(({ method }) => method);
const idempotencyKeys = () => new Set(proxy.requests.map(({ headers }) => headers['idempotency-key']));
const UNAVAILABLE = { status: 503 };

const rejection = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('The call was not rejected.');
};

describe('a creation', () => {
  it('whose answer is lost is repeated with the same Idempotency-Key, and creates one key', async () => {
    proxy.disturb('lose');
    const description = `Once ${crypto.randomUUID()}`.slice(0, 50);
    const { data, response } = await keywright.keys.create({ description }).withResponse();
    assert.equal(response.headers.get('replayed'), 'true');
    assert.deepEqual([methods().length, idempotencyKeys().size], [2, 1]);
    const found = [];
    for await (const key of keywright.keys.list()) if (key.description === description) found.push(key.id);
    assert.deepEqual(found, [data.id]);
  });

  for (const status of [502, 503, 504])
    it(`is repeated after ${status}, and returns its secret`, async () => {
      proxy.disturb({ status });
      const { fullKey } = await keywright.keys.create({ description: 'Retried' });
      assert.match(fullKey, /^ks_/);
      assert.equal(idempotencyKeys().size, 1);
    });

  it('has another Idempotency-Key at each call, or that of the caller', async () => {
    proxy.disturb();
    await keywright.keys.create({ description: 'A' });
    await keywright.keys.create({ description: 'B' });
    await keywright.keys.create({ description: 'C' }, { idempotencyKey: 'mine' });
    assert.equal(idempotencyKeys().size, 3);
    assert.ok(idempotencyKeys().has('mine'));
  });

  it('that takes no Idempotency-Key is not repeated when it may have been carried out', async () => {
    for (const fault of ['lose', UNAVAILABLE]) {
      proxy.disturb(fault);
      const error = await rejection(keywright.applications.create({ name: `App ${crypto.randomUUID()}` }));
      assert.ok(error instanceof KeywrightError);
      assert.deepEqual(methods(), ['POST']);
    }
  });
});

describe('an import', () => {
  const lines = () => [
    { format: { prefix: `t${Date.now()}_` } },
    {
      hash: createHash('sha256').update(crypto.randomUUID()).digest('hex'),
      algorithm: 'sha256',
      description: 'Former',
    },
  ];

  it('is repeated if its lines can be read twice, and imports nothing twice', async () => {
    const { totalItems } = await keywright.imports.listFormats();
    proxy.disturb('lose');
    const report = await keywright.imports.createFromLines(lines());
    assert.deepEqual([report.imported, report.existing, methods()], [0, 1, ['POST', 'POST']]);
    assert.equal((await keywright.imports.listFormats()).totalItems, totalItems + 1);
  });

  it('is not repeated if its lines can be read only once', async () => {
    proxy.disturb(UNAVAILABLE);
    assert.equal((await rejection(keywright.imports.createFromLines(lines().values()))).status, 503);
    assert.deepEqual(methods(), ['POST']);
  });
});

describe('another attempt', () => {
  it('comes no sooner than Retry-After says', async () => {
    proxy.disturb({ status: 429, headers: { 'Retry-After': '1', 'X-Error-Code': 'request.rate_limited' } });
    await keywright.applications.create({ name: `App ${crypto.randomUUID()}` });
    const [first, second] = proxy.requests;
    assert.ok(second.at - first.at >= 990, `after ${second.at - first.at} ms`);
  });

  it('is not waited for if Retry-After is too far away', async () => {
    proxy.disturb({ status: 429, headers: { 'Retry-After': '3600' } });
    const error = await rejection(keywright.keys.list());
    assert.deepEqual([error.status, error.retryAfterSeconds, proxy.requests.length], [429, 3600, 1]);
  });

  it('is made maxRetries times', async () => {
    proxy.disturb(...Array(9).fill(UNAVAILABLE));
    const error = await rejection(keywright.keys.list({ maxRetries: 2 }));
    assert.deepEqual([error.status, proxy.requests.length], [503, 3]);
    proxy.disturb('refuse');
    assert.equal((await rejection(keywright.keys.list({ maxRetries: 0 }))).code, 'client.connection_failed');
    proxy.disturb();
  });

  it('is not made of an answer about a key that is over its limit', async () => {
    proxy.disturb({ status: 429, headers: { 'X-Error-Code': 'quota.exceeded', 'Retry-After': '1' } });
    await rejection(keywright.keys.list());
    assert.equal(proxy.requests.length, 1);
  });

  it('is made of reads whose connection breaks, even within the answer', async () => {
    proxy.disturb('refuse', 'cut', 'lose');
    assert.ok((await keywright.keys.list({ limit: 100 })).totalItems > 0);
    assert.equal(proxy.requests.length, 4);
  });

  it('of a deletion that finds nothing left to delete is a success; a first one is not', async () => {
    const { id } = await keywright.keys.create({ description: 'Deleted' });
    proxy.disturb('lose');
    assert.equal(await keywright.keys.delete(id), undefined);
    assert.deepEqual(methods(), ['DELETE', 'DELETE']);
    assert.equal((await rejection(keywright.keys.delete(id))).code, 'api_key.not_found');
  });

  it('of a change that meets the version that the first one has made tells of the lost answer', async () => {
    const { id } = await keywright.keys.create({ description: 'Before' });
    proxy.disturb('lose');
    const error = await rejection(keywright.keys.update(id, { description: 'After' }));
    assert.deepEqual([error.code, methods()], ['client.connection_failed', ['PATCH', 'PATCH']]);
    assert.equal((await keywright.keys.read(id)).description, 'After');
  });

  it('is made when no connection came about, whatever the operation', async () => {
    const gone = await FaultProxy.before(server.url);
    const { url } = gone;
    await gone.stop();
    const nobody = new Keywright({ url, token, maxRetries: 1 });
    const start = performance.now();
    assert.equal((await rejection(nobody.applications.create({ name: 'x' }))).code, 'client.connection_failed');
    assert.ok(performance.now() - start >= 100, 'It did not try again.');
  });
});

describe('time', () => {
  it('ends for an attempt after timeoutMs', async () => {
    proxy.disturb('stall');
    const error = await rejection(keywright.keys.list({ timeoutMs: 200, maxRetries: 0 }));
    assert.deepEqual([error.code, error.status], ['client.timeout', 0]);
    proxy.disturb('stall');
    assert.ok((await keywright.keys.list({ timeoutMs: 500 })).items);
  });

  it('ends for a call when its signal says so: before, during and between attempts', async () => {
    const reason = new Error('enough');
    await assert.rejects(keywright.keys.list({ signal: AbortSignal.abort(reason) }), reason);
    for (const fault of ['stall', { status: 429, headers: { 'Retry-After': '30' } }]) {
      proxy.disturb(fault);
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 100);
      const start = performance.now();
      await assert.rejects(keywright.keys.list({ signal: controller.signal }), reason);
      assert.ok(performance.now() - start < 5_000);
    }
  });
});
