import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from './cluster.js';
import { Merchant } from './merchant.js';
import { Receiver } from './receiver.js';

const KEYS = 500;
const EVENTS = Number(process.env.CLUSTER_EVENTS ?? 10_000);
const EVENTS_WITH_KILLS = Math.ceil((0.4 * EVENTS) / KEYS) * KEYS;

/** Longer than a claim of somebody who was killed lasts. */
const PATIENCE_MS = 120_000;

/** How long a second delivery of something would be waited for. */
const ECHO_MS = 3000;

describe('webhooks over three instances', () => {
  let cluster;
  let merchant;
  let receiver;
  let keyIds;
  before(async () => {
    cluster = await Cluster.start();
    merchant = await Merchant.signUp(cluster, await cluster.admin());
    receiver = new Receiver();
    await receiver.listen();
    const applicationId = await merchant.application();
    keyIds = [];
    while (keyIds.length < KEYS)
      keyIds.push(
        ...(await Promise.all(Array.from({ length: 20 }, () => merchant.fullKey(applicationId)))).map(({ id }) => id),
      );
  });
  after(async () => {
    await cluster.stop();
    receiver.close();
  });

  const call = (instance, method, path, json) => instance.call(method, path, { token: merchant.token, json });

  async function newEndpoint(events) {
    const path = `/${randomUUID()}`;
    const json = { url: receiver.url + path, events };
    const { status, body } = await call(cluster.instances[0], 'POST', '/api/v1/webhooks', json);
    assert.equal(status, 201);
    return { id: body.id, path };
  }

  /** Changes keys through all instances. @returns how many changes were answered, and how many may have been made without an answer */
  async function changeKeys(count) {
    let left = count / KEYS;
    let lost = 0;
    const work = async (instance) => {
      while (left > 0) {
        left -= 1;
        const path = `/api/v1/api-keys/bulk-${left % 2 === 0 ? 'enable' : 'disable'}`;
        const { status } = await call(instance, 'POST', path, { ids: keyIds, expectedCount: KEYS });
        if (status !== 200) {
          assert.equal(status, 0);
          lost += 1;
          left += 1;
          await sleep(200);
        }
      }
    };
    await Promise.all(cluster.instances.map(work));
    return { most: count + lost * KEYS };
  }

  it(`send each of ${EVENTS} events once`, async () => {
    const { path } = await newEndpoint(['api_key.updated']);
    await changeKeys(EVENTS);
    assert.equal(await receiver.distinct(path, EVENTS, PATIENCE_MS), EVENTS);
    await sleep(ECHO_MS);
    assert.equal(receiver.at(path).length, EVENTS);
    assert.equal(new Set(receiver.at(path).map(({ sequence }) => sequence)).size, EVENTS);
  });

  it('send every event when instances are killed meanwhile, and what comes twice has the same id', async () => {
    const { path, id } = await newEndpoint(['api_key.updated']);
    receiver.answer = (response) => setTimeout(() => response.writeHead(204).end(), 20);
    const changing = changeKeys(EVENTS_WITH_KILLS);
    for (const instance of [cluster.instances[1], cluster.instances[2], cluster.instances[1]]) {
      await receiver.distinct(path, receiver.at(path).length + 300, 20_000);
      await instance.kill();
      await instance.start();
    }
    const { most } = await changing;
    const came = await receiver.distinct(path, EVENTS_WITH_KILLS, PATIENCE_MS);
    assert.ok(
      came >= EVENTS_WITH_KILLS && came <= most,
      `${came} events have come, of ${EVENTS_WITH_KILLS} to ${most}`,
    );
    const isLeft = async () => {
      const { body } = await call(cluster.instances[0], 'GET', `/api/v1/webhooks/${id}/deliveries?status=pending`);
      return body.totalItems > 0;
    };
    for (const start = performance.now(); (await isLeft()) && performance.now() < start + PATIENCE_MS;)
      await sleep(200);
    assert.equal(await isLeft(), false);
    const all = receiver.at(path);
    const bySequence = new Map(all.map((event) => [event.sequence, event.id]));
    const ids = new Set(all.map((event) => event.id));
    assert.equal(bySequence.size, ids.size);
    assert.ok(all.every((event) => bySequence.get(event.sequence) === event.id));
    console.log(`${all.length - ids.size} of ${ids.size} events came twice`);
    receiver.answer = (response) => response.writeHead(204).end();
  });

  it('send what was changed just before everybody was killed', async () => {
    const { path } = await newEndpoint(['application.created']);
    const made = [];
    for (let round = 0; round < 3; round += 1) {
      for (const instance of cluster.instances) {
        const { status, body } = await call(instance, 'POST', '/api/v1/applications', { name: randomUUID() });
        assert.equal(status, 201);
        made.push(body.id);
      }
      await Promise.all(cluster.instances.map((instance) => instance.kill()));
      await Promise.all(cluster.instances.map((instance) => instance.start()));
    }
    await receiver.distinct(path, made.length, PATIENCE_MS);
    assert.deepEqual(new Set(receiver.at(path).map(({ targetId }) => targetId)), new Set(made));
  });

  it('keep their memory when receivers hang, and when they answer 100 MB', async () => {
    await Promise.all([newEndpoint(['api_key.updated']), newEndpoint(['api_key.updated'])]);
    const { path } = await newEndpoint(['api_key.updated']);
    const before_ = cluster.instances.map(({ peakBytes }) => peakBytes);
    const chunk = Buffer.alloc(1 << 20);
    receiver.answer = (response, { url }) => {
      if (url !== path) return;
      let left = 100;
      const write = () => {
        while (left > 0 && !response.destroyed) {
          left -= 1;
          if (!response.write(chunk)) return response.once('drain', write);
        }
        response.end();
      };
      response.writeHead(200);
      write();
    };
    await changeKeys(KEYS * 4);
    assert.equal(await receiver.distinct(path, KEYS * 4, PATIENCE_MS), KEYS * 4);
    const grown = cluster.instances.map(({ peakBytes }, index) => (peakBytes - before_[index]) / 1e6);
    console.log(`grown by ${grown.map((megabytes) => megabytes.toFixed(0)).join(', ')} MB`);
    assert.ok(Math.max(...grown) < 200);
  });
});
