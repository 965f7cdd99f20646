import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { issueFullKey } from '../../dist/src/api-keys/credentials/credential.js';
import { Merchant } from './merchant.js';

/** How long the instances are asked again and again what a change has done. */
const ASKED_MS = 300;

export const power = (theCluster) =>
  describe('what is lost', () => {
    let cluster;
    let admin;
    let merchant;
    before(async () => {
      cluster = await theCluster();
      admin = await cluster.admin();
    });

    /** A call that changes something, through an instance of its own; it must succeed. */
    async function change(token, method, path, json) {
      const { status, text } = await cluster.sound().call(method, path, { token, json });
      assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${text}`);
    }

    const own = (method, path, json) => change(merchant.token, method, path, json);

    /** Every instance answers this, from now on and for a while. */
    async function everyInstanceAnswers(expected, credential) {
      const end = performance.now() + ASKED_MS;
      const ask = async (instance) => {
        const statuses = new Set();
        do statuses.add((await instance.check(credential)).status);
        while (performance.now() < end);
        return [instance.name, ...statuses];
      };
      const answers = await Promise.all(cluster.instances.map(ask));
      assert.deepEqual(
        answers,
        cluster.instances.map(({ name }) => [name, expected]),
      );
    }

    const newFullKey = async () => merchant.fullKey(await merchant.application());
    const applicationOf = (key) => key.path.replace(/\/api-keys\/.*/, '');

    async function newMemberKey() {
      const member = await merchant.member('user');
      return { ...(await merchant.personalKey(member)), member: `/api/v1/members/${member.id}`, token: member.token };
    }

    /** How power is lost; what is asked for afterwards is answered 401 unless it says otherwise. */
    const LOSSES = [
      ['a key of the merchants surface is deleted', newFullKey, (key) => own('DELETE', key.path)],
      ['a key of the clients surface is deleted', () => merchant.pair(), (key) => own('DELETE', key.path)],
      ['a personal key is deleted', newMemberKey, (key) => change(key.token, 'DELETE', key.path)],
      [
        'a key is deleted in bulk',
        () => merchant.pair(),
        (key) => own('DELETE', '/api/clients/api-keys/bulk', { api_key_ids: [key.id] }),
      ],
      [
        'a key is disabled',
        newFullKey,
        (key) => own('PATCH', key.path, { isEnabled: false }),
        { back: (key) => own('PATCH', key.path, { isEnabled: true }) },
      ],
      [
        "a key's end is set to a time that is over",
        newFullKey,
        (key) => own('PATCH', key.path, { expiresAt: '2020-01-01T00:00:00Z' }),
        { back: (key) => own('PATCH', key.path, { expiresAt: null }) },
      ],
      [
        'a key is bound to other addresses',
        newFullKey,
        (key) => own('PATCH', key.path, { allowedIps: ['203.0.113.0/24'] }),
        { status: 403, back: (key) => own('PATCH', key.path, { allowedIps: null }) },
      ],
      [
        "a key's application is disabled",
        newFullKey,
        (key) => own('PATCH', `${applicationOf(key)}/status`, { isEnabled: false }),
        { back: (key) => own('PATCH', `${applicationOf(key)}/status`, { isEnabled: true }) },
      ],
      ["a key's application is deleted", newFullKey, (key) => own('DELETE', applicationOf(key))],
      [
        "a key's merchant is blocked",
        newFullKey,
        () => change(admin.token, 'PATCH', `/api/v1/merchants/${merchant.merchantId}`, { status: 'blocked' }),
        { back: () => change(admin.token, 'PATCH', `/api/v1/merchants/${merchant.merchantId}`, { status: 'active' }) },
      ],
      [
        "a personal key's owner gets a role below it",
        newMemberKey,
        (key) => own('PATCH', key.member, { role: 'readSome' }),
      ],
      ["a personal key's owner is disabled", newMemberKey, (key) => own('PATCH', key.member, { status: 'disabled' })],
      ["a personal key's owner is removed", newMemberKey, (key) => own('DELETE', key.member)],
      [
        "a personal key's owner withdraws consent",
        newMemberKey,
        (key) => change(key.token, 'PATCH', '/account/jwt', { consent: 0 }),
      ],
    ];

    for (const [what, make, lose, { status = 401, back } = {}] of LOSSES) {
      it(`${what}: it is refused at once${back ? ', and accepted at once when that is undone' : ''}`, async () => {
        merchant = await Merchant.signUp(cluster, admin);
        const key = await make();
        await everyInstanceAnswers(204, key.credential);
        await lose(key);
        await everyInstanceAnswers(status, key.credential);
        if (!back) return;
        await back(key);
        await everyInstanceAnswers(204, key.credential);
      });
    }

    it('a session ends with the key that opened it', async () => {
      merchant = await Merchant.signUp(cluster, admin);
      const key = await merchant.pair();
      const form = { grant_type: 'client_credentials' };
      const { body } = await cluster.sound().call('POST', '/oauth/token', { basic: key.credential, form });
      await everyInstanceAnswers(204, body.access_token);
      await own('DELETE', key.path);
      await everyInstanceAnswers(401, body.access_token);
    });

    it('a limit that is narrowed counts at once, with what was used before', async () => {
      merchant = await Merchant.signUp(cluster, admin);
      const key = await merchant.fullKey(await merchant.application(), {
        rateLimit: { limit: 100000, windowSeconds: 60 },
      });
      await everyInstanceAnswers(204, key.credential);
      await own('PATCH', key.path, { rateLimit: { limit: 3, windowSeconds: 60 } });
      // Together they have allowed more than that in the last minute.
      await everyInstanceAnswers(429, key.credential);
      await own('PATCH', key.path, { rateLimit: null });
      await everyInstanceAnswers(204, key.credential);
    });

    it('a new key is accepted at once by every instance that has just refused many unknown ones', async () => {
      merchant = await Merchant.signUp(cluster, admin);
      const applicationId = await merchant.application();
      for (let round = 0; round < 20; round += 1) {
        const unknown = Array.from({ length: 20 }, () => issueFullKey('live'));
        const asked = cluster.instances.flatMap((instance) =>
          unknown.map(async ({ publicId, secret }) => (await instance.check(publicId + secret)).status),
        );
        const [{ credential }, ...statuses] = await Promise.all([merchant.fullKey(applicationId), ...asked]);
        assert.deepEqual([...new Set(statuses)], [401]);
        const checks = await Promise.all(cluster.instances.map((instance) => instance.check(credential)));
        assert.deepEqual(
          checks.map(({ status }) => status),
          [204, 204, 204],
        );
      }
    });

    it('nobody waits for an instance that ends by SIGTERM', async () => {
      merchant = await Merchant.signUp(cluster, admin);
      const keys = [];
      const applicationId = await merchant.application();
      for (let number = 0; number < 8; number += 1) keys.push(await merchant.fullKey(applicationId));
      const [a, b, c] = cluster.instances;
      for (const instance of cluster.instances) for (const key of keys) await instance.check(key.credential);
      const ended = c.terminate();
      let slowestMs = 0;
      for (const [number, key] of keys.entries()) {
        if (number === 4) await ended;
        const begin = performance.now();
        const { status } = await [a, b][number % 2].call('DELETE', key.path, { token: merchant.token });
        slowestMs = Math.max(slowestMs, performance.now() - begin);
        assert.equal(status, 204);
        const checks = await Promise.all([a, b].map((instance) => instance.check(key.credential)));
        assert.deepEqual(
          checks.map((answer) => answer.status),
          [401, 401],
        );
      }
      await c.start();
      assert.ok(slowestMs < 1000, `a revocation took ${Math.round(slowestMs)} ms`);
    });
  });
