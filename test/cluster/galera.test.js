import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Cluster } from './cluster.js';
import { tell } from './history.js';
import { Merchant } from './merchant.js';
import { Receiver } from './receiver.js';
import { Traffic } from './traffic.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

const REVOCATIONS = 120;
const PHASE_MS = 5000;
const HEALTHY_MS = 3000;

/** As long as the server's. */
const LEASE_MS = 3000;

const MAX_KEYS_PER_CLIENT = 20;

const cluster = await Cluster.startOnGalera({ MAX_KEYS_PER_CLIENT: String(MAX_KEYS_PER_CLIENT) });

describe('on a Galera cluster of three nodes, with an instance on each', { skip: !cluster }, () => {
  const { instances, nodes } = cluster ?? {};
  let admin;
  let merchant;
  before(async () => {
    admin = await cluster.admin();
    merchant = await Merchant.signUp(cluster, admin);
  });
  after(() => cluster.stop());

  const call = (instance, method, path, json, headers) =>
    instance.call(method, path, { token: merchant.token, json, headers });
  const statusesOf = (answers) => answers.map(({ status }) => status).sort();
  const statusesOfAll = async (calls) => statusesOf(await Promise.all(calls));

  it('instances start at once, and make one first account', async () => {
    const [{ count }] = await nodes[2].query(`SELECT COUNT(*) AS count FROM keywright.account WHERE role = 'admin'`);
    assert.equal(count, 1);
  });

  describe(`${REVOCATIONS} keys are revoked, narrowed and rotated while a node is killed and one is parted from the others`, () => {
    let traffic;
    const others = [];
    before(async () => {
      const endWatch = await cluster.watch();
      traffic = await Traffic.start(cluster, REVOCATIONS);
      const [, b, c] = instances;
      const share = REVOCATIONS / 4;
      const during = (phase, fault) => Promise.all([fault, traffic.revoke(share, PHASE_MS, phase)]);
      await traffic.revoke(share, HEALTHY_MS, 'healthy');
      await during('a node is killed', cluster.killNode(b, PHASE_MS));
      await during('a node is parted', Promise.all([cluster.partNode(c, PHASE_MS + 2000), askMeanwhile(c)]));
      await traffic.revoke(share, HEALTHY_MS, 'healthy again');
      await traffic.stop();
      await endWatch();
    });

    /** What else the instance answers whose node is parted. */
    async function askMeanwhile(instance) {
      for (const end = performance.now() + PHASE_MS; performance.now() < end; await sleep(100))
        others.push(await call(instance, 'POST', '/api/v1/applications', { name: randomUUID() }));
    }

    it('and no verification is accepted that began after the call returned', () => {
      const wrong = traffic.history.acceptedAfterwards();
      assert.deepEqual({ count: wrong.length, first: tell(wrong) }, { count: 0, first: [] });
    });

    it('and no good key is refused, but for 503 or no answer from an instance whose node is not in order', () => {
      const wrong = traffic.history.refusedWithoutReason();
      assert.deepEqual({ count: wrong.length, first: tell(wrong) }, { count: 0, first: [] });
    });

    it('and every instance is asked often enough for both to mean something', () => {
      const { history } = traffic;
      const phases = [...new Set(history.revocations.map(({ phase }) => phase))];
      console.log(`${history.verifications.length} verifications; milliseconds of revocations:`);
      console.table(Object.fromEntries(phases.map((phase) => [phase, history.latencies(phase)])));
      for (const instance of instances) assert.ok(history.soonAfter(instance, 100) > REVOCATIONS / 4, instance.name);
      assert.ok(history.revocations.filter(({ isAnswered }) => isAnswered).length > REVOCATIONS / 2);
    });

    it('and what the parted node has no answer to is 503', () => {
      const statuses = new Set(others.map(({ status }) => status));
      statuses.delete(201);
      assert.deepEqual([...statuses], [503]);
    });
  });

  it('a key that is revoked while a node is behind is not accepted there', async () => {
    const [a, b] = instances;
    const key = await merchant.fullKey(await merchant.application());
    assert.equal((await b.check(key.credential)).status, 204);
    const catchUp = await nodes[1].lag();
    try {
      const begin = performance.now();
      assert.equal((await call(a, 'DELETE', key.path)).status, 204);
      assert.ok(performance.now() - begin < LEASE_MS + 1000);
      assert.equal((await b.check(key.credential)).status, 503);
    } finally {
      catchUp();
    }
    let status;
    for (const end = performance.now() + 10_000; performance.now() < end && status !== 401; await sleep(50))
      ({ status } = await b.check(key.credential));
    assert.equal(status, 401);
  });

  it('what was made at one instance is there at another one at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const path = `/api/v1/applications/${await merchant.application()}`;
      const statuses = await statusesOfAll(instances.map((instance) => call(instance, 'GET', path)));
      assert.deepEqual(statuses, [200, 200, 200]);
    }
  });

  it('of changes to the same version of a key one is made', async () => {
    const { path } = await merchant.fullKey(await merchant.application());
    for (let round = 0; round < 15; round += 1) {
      const { headers } = await call(instances[0], 'GET', path);
      const statuses = await statusesOfAll(
        instances.map((instance) =>
          call(instance, 'PATCH', path, { description: `${instance.name} ${round}` }, { 'if-match': headers.etag }),
        ),
      );
      assert.deepEqual(statuses, [200, 412, 412]);
    }
  });

  it('a request that is sent to all at once is carried out once', async () => {
    const path = `/api/v1/applications/${await merchant.application()}/api-keys`;
    const rounds = 10;
    for (let round = 0; round < rounds; round += 1) {
      const headers = { 'idempotency-key': randomUUID() };
      const send = (instance) => call(instance, 'POST', path, { description: 'Once' }, headers);
      const answers = await Promise.all(instances.map(send));
      assert.ok(
        answers.every(({ status }) => status === 201 || status === 409),
        String(statusesOf(answers)),
      );
      assert.equal(answers.filter(({ status, headers: { replayed } }) => status === 201 && !replayed).length, 1);
      const again = await send(instances[round % 3]);
      assert.deepEqual([again.status, again.headers.replayed], [201, 'true']);
    }
    const { body } = await call(instances[0], 'GET', path);
    assert.equal(body.totalItems, rounds);
  });

  it('a name is given once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = randomUUID();
      const statuses = await statusesOfAll(
        instances.map((instance) => call(instance, 'POST', '/api/v1/applications', { name })),
      );
      assert.deepEqual(statuses, [201, 409, 409]);
    }
  });

  it('a client gets as many keys as it may have', async () => {
    const owner = await Merchant.signUp(cluster, admin);
    const service = await instances[0].call('POST', '/api/clients/generate-service-id', { token: owner.token });
    const json = { service_id: service.body.data.SERVICE_ID };
    const order = { token: owner.token, json };
    const orders = Array.from({ length: MAX_KEYS_PER_CLIENT * 2 }, (_, number) =>
      instances[number % 3].call('POST', '/api/clients/generate-api-key', order),
    );
    const made = (await Promise.all(orders)).filter(({ status }) => status < 300);
    assert.equal(made.length, MAX_KEYS_PER_CLIENT);
  });

  it('the last two administrators can not remove each other', async () => {
    const other = await Merchant.of(cluster, admin).member('admin');
    const demote = (instance, { token }, { id }, role) =>
      instance.call('PATCH', `/api/v1/members/${id}`, { token, json: { role } });
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = await Promise.all([
        demote(instances[round % 3], admin, other, 'user'),
        demote(instances[(round + 1) % 3], other, admin, 'user'),
      ]);
      assert.notDeepEqual([one.status, two.status], [200, 200]);
      const [left, lost] = one.status === 200 ? [admin, other] : [other, admin];
      const { status, text } = await demote(instances[2], left, lost, 'admin');
      assert.equal(status, 200, text);
    }
  });

  it('whoever leaves keeps no key that was being made', async () => {
    for (let round = 0; round < 3; round += 1) {
      const applicationId = await merchant.application();
      const path = `/api/v1/applications/${applicationId}/api-keys`;
      const member = await merchant.member('user');
      let hasLeft = false;
      const making = [instances[0], instances[2]].flatMap((instance) =>
        [1, 2].map(async () => {
          while (!hasLeft) {
            const { status } = await instance.call('POST', path, {
              token: member.token,
              json: { description: 'Mine' },
            });
            if (status !== 201) return;
          }
        }),
      );
      await sleep(100);
      const { status } = await call(instances[1], 'DELETE', `/api/v1/members/${member.id}?keys=suspend`);
      assert.equal(status, 204);
      hasLeft = true;
      await Promise.all(making);
      const [{ good, all }] = await nodes[0].query(
        `SELECT COALESCE(SUM(is_active), 0) AS good, COUNT(*) AS 'all' FROM keywright.api_key WHERE application_id = '${applicationId}'`,
      );
      assert.ok(all > 0);
      assert.equal(Number(good), 0);
    }
  });

  it('each event is sent once', async () => {
    const receiver = new Receiver();
    await receiver.listen();
    const { status } = await call(instances[0], 'POST', '/api/v1/webhooks', {
      url: `${receiver.url}/events`,
      events: ['application.created'],
    });
    assert.equal(status, 201);
    const events = 300;
    let left = events;
    const work = async (instance) => {
      while (left > 0) {
        left -= 1;
        const made = await call(instance, 'POST', '/api/v1/applications', { name: randomUUID() });
        assert.equal(made.status, 201, made.text);
      }
    };
    await Promise.all([...instances, ...instances, ...instances].map(work));
    assert.equal(await receiver.distinct('/events', events, 30_000), events);
    await sleep(1000);
    const came = receiver.at('/events');
    assert.equal(came.length, events);
    assert.equal(new Set(came.map(({ sequence }) => sequence)).size, events);
    receiver.close();
  });

  it('the audit trail has no gap on any node', async () => {
    const verify = ({ url }) =>
      promisify(execFile)(process.execPath, [MAIN, 'audit', 'verify'], {
        env: { PATH: process.env.PATH, DATABASE_URL: `${url}/keywright` },
      });
    for (const { stdout } of await Promise.all(nodes.map(verify))) assert.match(stdout, /^valid {3}\S+ {2}\d{3}/m);
  });
});
