/** Guarantees of verdicts: the same as the server's, from memory where that is possible, in as few requests as possible where it is not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifier } from '@keywright/verifier';
import { attach } from './support/attached.js';
import { mistype, OWN_KEY, randomText } from './support/keywright.js';

const ASK = 'POST /verifications';
const APPLICATION = '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11';

/** What the server answers to everybody. */
function answerTo(keywright, question) {
  const answer = keywright.verify(question);
  delete answer.known;
  return answer;
}

describe('a verifier', () => {
  it('asks about a key once, and then gives the same verdict without a request', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue({ metadata: { plan: { name: 'gold' } } });
    const asked = await verify(key);
    const answer = answerTo(keywright, { key });
    assert.deepEqual(asked, answer);
    assert.deepEqual(await verify(key), asked);
    assert.equal(keywright.count(ASK), 1);
  });

  it('gives the verdicts of the server for whatever is required', async (test) => {
    const { keywright, verify } = await attach(test);
    const keys = [
      keywright.issue(),
      keywright.issue({ level: 4, scopes: [] }),
      keywright.issue({ isActive: false }),
      keywright.issue({ expiresAtMs: Date.now() - 1000 }),
      keywright.issue({ expiresAtMs: Date.now() + 3_600_000 }),
      keywright.issue({ allowedIps: ['203.0.113.7'] }),
      keywright.issue({ applicationId: APPLICATION }),
    ];
    const requirements = [
      {},
      { level: 2 },
      { scopes: ['orders:read'] },
      { scopes: ['orders:read', 'orders:write'] },
      { ip: '203.0.113.7' },
      { ip: '203.0.113.8', level: 8 },
      { applicationId: APPLICATION },
      { applicationId: APPLICATION, level: 8, scopes: ['orders:write'] },
    ];
    for (const key of keys) await verify(key);
    const asked = keywright.count(ASK);
    for (const key of keys)
      for (const required of requirements) {
        const expected = answerTo(keywright, { key, ...required });
        assert.deepEqual(await verify(key, required), expected);
      }
    assert.equal(keywright.count(ASK), asked);
  });

  it('asks about keys with limits each time, and shares no answer', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue({ remaining: 3 });
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => verify(key)));
    assert.deepEqual(
      verdicts.map(({ outcome }) => outcome),
      ['VALID', 'VALID', 'VALID', 'QUOTA_EXCEEDED', 'QUOTA_EXCEEDED'],
    );
    assert.equal(keywright.keys.get(key).asked, 5);
    assert.equal(keywright.count(ASK), 1);
  });

  it('asks about many keys at once, at most a hundred in a request', async (test) => {
    const { keywright, verify } = await attach(test);
    const keys = Array.from({ length: 1000 }, () => keywright.issue());
    const verdicts = await Promise.all(keys.map((key) => verify(key)));
    assert.ok(verdicts.every(({ valid }) => valid));
    assert.equal(keywright.count(ASK), 10);
  });

  it('refuses a wrong checksum without asking, unless keys were imported', async (test) => {
    const { keywright, verify } = await attach(test);
    const typo = mistype(keywright.issue());
    assert.equal((await verify(typo)).outcome, 'NOT_FOUND');
    assert.equal(keywright.count(ASK), 0);
    await keywright.forget([], { importsKeys: true });
    assert.equal((await verify(typo)).outcome, 'NOT_FOUND');
    assert.equal(keywright.count(ASK), 1);
  });

  it('does not remember what the server has not found', async (test) => {
    const { keywright, verify } = await attach(test);
    const text = randomText();
    assert.equal((await verify(text)).outcome, 'NOT_FOUND');
    const key = keywright.issue();
    keywright.keys.set(text, keywright.keys.get(key));
    assert.equal((await verify(text)).outcome, 'VALID');
  });

  it('asks again when a key has expired, and never accepts it afterwards', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue({ expiresAtMs: Date.now() + 300 });
    assert.equal((await verify(key)).outcome, 'VALID');
    assert.equal((await verify(key)).outcome, 'VALID');
    assert.equal(keywright.count(ASK), 1);
    await sleep(301);
    assert.equal((await verify(key)).outcome, 'EXPIRED');
    assert.equal((await verify(key)).outcome, 'EXPIRED');
    assert.equal(keywright.count(ASK), 2);
  });

  it('forgets keys that are rarely presented when there are too many', async (test) => {
    const { keywright, verify } = await attach(test, { maxKeys: 10 });
    const busy = keywright.issue();
    await verify(busy);
    for (let index = 0; index < 30; index++) {
      await verify(keywright.issue());
      await verify(busy);
    }
    assert.equal(keywright.count(ASK), 31);
    assert.equal(keywright.keys.get(busy).asked, 1);
  });

  it('shares verdicts that nobody can change', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue({ metadata: { plan: { name: 'gold' } } });
    for (let round = 0; round < 2; round++) {
      const verdict = await verify(key, { level: 2 * round });
      assert.throws(() => (verdict.valid = true), TypeError);
      assert.throws(() => verdict.scopes.push('*'), TypeError);
      assert.throws(() => (verdict.metadata.plan.name = 'free'), TypeError);
    }
  });

  it('refuses requirements that it would otherwise overlook', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    for (const wrong of [
      { scope: ['admin'] },
      { levels: 3 },
      { level: Number.NaN },
      { level: '3' },
      { level: 9 },
      { scopes: 'orders:read' },
      { scopes: [''] },
      { scopes: [undefined] },
      { applicationId: 'shop' },
      { cost: -1 },
      { ip: 7 },
    ])
      await assert.rejects(verify(key, wrong), TypeError, JSON.stringify(wrong));
  });

  it('refuses what is no text without asking', async (test) => {
    const { keywright, verify } = await attach(test);
    for (const presented of ['', undefined, null, 7, {}, 'a'.repeat(10_001)])
      assert.equal((await verify(presented)).outcome, 'NOT_FOUND');
    assert.equal(keywright.count(ASK), 0);
  });

  it('leaves out an address that is none, so that a key that is bound to addresses is refused', async (test) => {
    const { keywright, verify } = await attach(test);
    const bound = keywright.issue({ allowedIps: ['203.0.113.7'] });
    for (const ip of ['unknown', 'fe80::1%eth0', ''])
      assert.equal((await verify(bound, { ip })).outcome, 'IP_NOT_ALLOWED');
    assert.deepEqual(keywright.instances[0].batches[0], [{ key: bound }]);
  });

  it('is refused with the code of the server', async (test) => {
    const { keywright } = await attach(test);
    const { url } = keywright;
    await assert.rejects(verifier({ url, key: 'another' }), {
      name: 'VerifierError',
      code: 'credential.invalid',
      status: 401,
    });
    keywright.faults.refuse = { 'POST /': [409, 'verifier.limit_reached'] };
    await assert.rejects(verifier({ url, key: OWN_KEY }), { code: 'verifier.limit_reached', status: 409 });
    await assert.rejects(verifier({ url: 'http://127.0.0.1:1', key: OWN_KEY }), { code: 'client.connection_failed' });
    await assert.rejects(verifier({ url: 'file:///', key: OWN_KEY }), TypeError);
  });

  it('asks nothing and accepts nothing once it is closed', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    const asked = verify(key);
    await Promise.all([verify.close(), verify.close()]);
    assert.equal((await asked).outcome, 'VALID');
    await assert.rejects(verify(key), { code: 'client.closed' });
    assert.deepEqual([keywright.verifiers.size, keywright.count('DELETE /')], [0, 1]);
  });
});
