/** The verifier and the real server: the same verdicts, and revocations that return when the verifier refuses. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Keywright } from '@keywright/sdk';
import { verifier } from '@keywright/verifier';
import { logIn, startServer } from '../../sdk/test/support/server.js';

describe('with the real server', () => {
  let server;
  let keywright;
  let service;
  let verify;
  let asked = 0;

  before(async () => {
    server = await startServer();
    keywright = new Keywright({ url: server.url, token: await logIn(server) });
    const { fullKey } = await keywright.keys.create({ description: 'Verifier', level: 1, scopes: ['verifier'] });
    service = new Keywright({ url: server.url, key: fullKey });
    const counting = (url, init) => {
      if (String(url).endsWith('/verifications')) asked++;
      return fetch(url, init);
    };
    const start = performance.now();
    verify = await verifier({ url: server.url, key: fullKey, name: 'Shop', fetch: counting });
    assert.ok(performance.now() - start < 1000);
  });
  after(async () => {
    await verify.close();
    await server.stop();
  });

  const issue = (more = {}) =>
    keywright.keys.create({ description: 'Checkout', level: 2, scopes: ['orders:*'], ...more });

  it('gives the verdicts of POST /keys/verify, from memory', async () => {
    const rotated = await issue();
    await keywright.keys.rotate(rotated.id, { mode: 'after_overlap', overlapSeconds: 600 });
    const disabled = await issue();
    await keywright.keys.update(disabled.id, { active: false }).catch(() => undefined);
    const keys = [await issue(), await issue({ allowedIps: ['203.0.113.0/24'] }), rotated, disabled];
    for (const { fullKey: key } of keys) await verify(key);
    const before = asked;
    for (const { fullKey: key } of keys)
      for (const required of [
        {},
        { level: 3 },
        { scopes: ['orders:read'] },
        { scopes: ['stock'] },
        { ip: '203.0.113.9' },
      ])
        assert.deepEqual(await verify(key, required), await service.verification.verify({ key, ...required }));
    assert.equal(asked, before);
  });

  it('refuses a key when its revocation has returned', async () => {
    for (let round = 0; round < 10; round++) {
      const { id, fullKey } = await issue();
      assert.equal((await verify(fullKey)).valid, true);
      const before = asked;
      assert.equal((await verify(fullKey)).valid, true);
      assert.equal(asked, before);
      await keywright.keys.delete(id, { ifMatch: '*' });
      assert.equal((await verify(fullKey)).outcome, 'NOT_FOUND');
    }
  });

  it('counts the limits of a key', async () => {
    const { fullKey } = await issue({ rateLimit: { limit: 3, windowSeconds: 60 } });
    const outcomes = [];
    for (let use = 0; use < 4; use++) outcomes.push((await verify(fullKey)).outcome);
    assert.deepEqual(outcomes, ['VALID', 'VALID', 'VALID', 'RATE_LIMITED']);
  });

  it('reports its uses', async () => {
    const { id, fullKey } = await issue();
    for (let use = 0; use < 5; use++) await verify(fullKey, { scopes: ['orders:read'] });
    for (const start = performance.now(); performance.now() - start < 15_000; await sleep(500))
      if (JSON.stringify(await keywright.keys.readUsage(id)).includes('"VALID":5')) return;
    assert.fail(JSON.stringify(await keywright.keys.readUsage(id)));
  });
});
