/** Guarantees of docs/databases.md for Galera: its settings are those of the nodes here, and what it says of conflicts, upgrades and a lost cluster holds. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from './cluster.js';
import { nodeSettings, providerOptions, STATUS } from './documented-galera.js';
import { Merchant } from './merchant.js';

const READY_WITHIN_MS = 30_000;

const cluster = await Cluster.startOnGalera();

describe('a Galera cluster as docs/databases.md sets it up', { skip: !cluster }, () => {
  const { instances, nodes } = cluster ?? {};
  let merchant;
  before(async () => {
    merchant = await Merchant.signUp(cluster, await cluster.admin());
  });
  after(() => cluster.stop());

  const newKey = async () => merchant.fullKey(await merchant.application());
  const revoke = async (instance, key) =>
    assert.equal((await instance.call('DELETE', key.path, { token: merchant.token })).status, 204);
  const readyStatus = async (instance) => (await instance.call('GET', '/health/ready')).status;
  const isReady = async (instance, status = 200) => {
    for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; await sleep(50))
      if ((await readyStatus(instance)) === status) return;
    assert.fail(`${instance.name} is not ${status}.`);
  };
  /** Waits for what the guide says the answer must be. */
  const isBack = async (node) => {
    let rows;
    for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; await sleep(50)) {
      rows = (await node.query(STATUS)).map(({ Variable_name: name, Value: value }) => [name, value]);
      const {
        wsrep_local_state_comment: state,
        wsrep_cluster_size: size,
        wsrep_cluster_status: status,
      } = Object.fromEntries(rows);
      if (state === 'Synced' && size === '3' && status === 'Primary') return;
    }
    assert.fail(`The node is not back: ${rows}`);
  };
  /** Sums a counter of all nodes. */
  const countOf = async (name) => {
    const rows = await Promise.all(nodes.map((node) => node.query(`SHOW STATUS LIKE '${name}'`)));
    return rows.reduce((sum, [{ Value: value }]) => sum + Number(value), 0);
  };

  it('has the documented settings', async () => {
    assert.ok(Object.keys(nodeSettings).length >= 8 && 'evs.suspect_timeout' in providerOptions);
    for (const node of nodes) {
      for (const [name, value] of Object.entries(nodeSettings))
        assert.deepEqual([name, (await node.query(`SELECT @@${name} AS value`))[0].value], [name, likeServer(value)]);
      const [{ value }] = await node.query('SELECT @@wsrep_provider_options AS value');
      assert.match(value, new RegExp(`evs\\.suspect_timeout = ${providerOptions['evs.suspect_timeout']};`));
    }
  });

  it('makes changes again whose certification failed, so that no client notices', async () => {
    const conflicts = async () =>
      (await countOf('wsrep_local_cert_failures')) + (await countOf('wsrep_local_bf_aborts'));
    const before = await conflicts();
    const { path } = await newKey();
    for (let round = 0; round < 20; round += 1) {
      const changes = instances.map((instance) =>
        instance.call('PATCH', path, { token: merchant.token, json: { description: `${instance.name} ${round}` } }),
      );
      assert.deepEqual(
        (await Promise.all(changes)).map(({ status }) => status),
        [200, 200, 200],
      );
    }
    assert.ok((await conflicts()) > before);
  });

  it('is upgraded node by node, while the other instances answer and revoke', async () => {
    for (const [index, node] of nodes.entries()) {
      const key = await newKey();
      const [own, ...others] = [instances[index], ...instances.filter((_, other) => other !== index)];
      await node.end();
      await isReady(own, 503);
      for (const other of others) assert.equal((await other.check(key.credential)).status, 204);
      await revoke(others[0], key);
      assert.equal((await others[1].check(key.credential)).status, 401);
      await node.start();
      await isBack(node);
      await isReady(own);
      assert.equal((await own.check(key.credential)).status, 401);
    }
  });

  it('comes back from the node that stopped last, with everything', async () => {
    const [kept, revoked] = [await newKey(), await newKey()];
    await nodes[1].end();
    await isReady(instances[0]);
    await revoke(instances[0], revoked);
    await nodes[2].end();
    await nodes[0].end();
    const mayBootstrap = nodes.map(
      ({ data }) => /safe_to_bootstrap: (\d)/.exec(readFileSync(join(data, 'grastate.dat'), 'utf8'))?.[1],
    );
    assert.deepEqual(mayBootstrap, ['1', '0', '0']);
    await nodes[0].start('--wsrep-new-cluster');
    for (const node of nodes.slice(1)) await node.start();
    for (const node of nodes) await isBack(node);
    for (const instance of instances) {
      await isReady(instance);
      assert.deepEqual(
        [(await instance.check(kept.credential)).status, (await instance.check(revoked.credential)).status],
        [204, 401],
      );
    }
  });
});

/** A setting as the server shows it. */
function likeServer(value) {
  if (value === 'ON') return 1;
  return /^\d+$/.test(value) ? Number(value) : value;
}
