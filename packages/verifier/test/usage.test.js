/** Guarantees of the reports of usage: what was decided in memory is counted once, as far as the server can be reached before the end. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { attach, until } from './support/attached.js';

const total = ({ uses }) => uses.reduce((sum, { count }) => sum + count, 0);

describe('usage', () => {
  it('is reported at the end, by outcome, without what the server has counted itself', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    for (let index = 0; index < 5; index++)
      await verify(key, { scopes: ['orders:read'], ip: '203.0.113.7', userAgent: 'curl/8' });
    await verify(key, { scopes: ['orders:write'] });
    await verify(key, { level: 8 });
    await verify(key, { applicationId: '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11' });
    await sleep(100);
    await verify.close();
    const { id } = keywright.keys.get(key);
    const uses = keywright.uses.map(({ lastUsedMsAgo, ...use }) => {
      assert.ok(lastUsedMsAgo >= 100 && lastUsedMsAgo < 2000);
      return use;
    });
    const credential = `c-${id}`;
    assert.deepEqual(uses, [
      { credential, outcome: 'VALID', count: 5, scopes: ['orders:read'], ip: '203.0.113.7', userAgent: 'curl/8' },
      { credential, outcome: 'MISSING_SCOPE', count: 1, scopes: ['orders:write'] },
      { credential, outcome: 'INSUFFICIENT_LEVEL', count: 1 },
    ]);
  });

  it('is reported every few seconds', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    await verify(key);
    await until(() => total(keywright) === 1, 7000);
    await verify(key);
    await verify.close();
    assert.equal(total(keywright), 2);
  });

  it('is counted once when the answers to reports get lost', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    for (let index = 0; index < 10; index++) await verify(key);
    keywright.faults.loseUsage = 1;
    await until(() => keywright.count('POST /usage') === 1, 7000);
    for (let index = 0; index < 5; index++) await verify(key);
    await verify.close();
    assert.equal(total(keywright), 15);
  });

  it('is kept while the server is away', async (test) => {
    const { keywright, verify, errors } = await attach(test);
    const keys = Array.from({ length: 1500 }, () => keywright.issue());
    for (let round = 0; round < 3; round++) await Promise.all(keys.map((key) => verify(key)));
    keywright.faults.refuse = { 'POST /usage': [503, 'unavailable'] };
    await until(() => keywright.count('POST /usage') === 1, 7000);
    keywright.faults.refuse = {};
    await verify.close();
    assert.equal(total(keywright), 3000);
    assert.ok(keywright.uses.every(({ count }) => count === 2));
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['unavailable'],
    );
  });

  it('is given up, and said so, when the server refuses a report', async (test) => {
    const { keywright, verify, errors } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    await verify(key);
    keywright.faults.refuse = { 'POST /usage': [400, 'request.invalid'] };
    await verify.close();
    assert.equal(keywright.count('POST /usage'), 1);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['request.invalid'],
    );
  });

  it('that is lost at the end is said so', async (test) => {
    const { keywright, verify, errors } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    for (let index = 0; index < 7; index++) await verify(key);
    keywright.faults.refuse = { 'POST /usage': [503, 'unavailable'] };
    await verify.close();
    assert.deepEqual(errors.map(({ code, message }) => [code, message]).at(-1), [
      'client.usage_lost',
      '7 uses were not reported.',
    ]);
  });
});
