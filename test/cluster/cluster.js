import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { makeFolder } from '../support/folders.js';
import { startMariadb } from '../support/mariadb.js';
import { startMysql } from '../support/mysql.js';
import { Blackhole } from './blackhole.js';
import { Galera } from './galera.js';
import { Instance } from './instance.js';

const secret = () => randomBytes(24).toString('hex');
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Three server processes on one private MariaDB, or on a node each of a Galera cluster, by ways of their own that can be cut. */
export class Cluster {
  instances = [];
  /** Those of the Galera cluster, in the order of the instances. */
  nodes = [];
  #ways = [];
  #stopDatabase;
  #password = secret();
  /** Where the instances write their revocation journals. */
  #journal = makeFolder('journal');
  #username = 'admin';

  /**
   * The three of them start at once.
   *
   * @param main another program than the one that is built here, in which something is broken on purpose
   * @param settings what is set otherwise than by default, or a function that returns it for the number of an instance
   */
  static async start({ main, settings } = {}) {
    const database = await (process.env.CLUSTER_ENGINE === 'mysql' ? startMysql() : startMariadb());
    if (!database) throw new Error('These tests need a database server.');
    const cluster = new Cluster();
    cluster.#stopDatabase = () => database.stop();
    await cluster.#prepare([database.url, database.url, database.url], main, settings);
    await Promise.all(cluster.instances.map((instance) => instance.start()));
    return cluster;
  }

  /** As {@link start}; `null` where Galera can't be had. */
  static async startOnGalera(settings) {
    const galera = await Galera.start();
    if (!galera) return null;
    const cluster = new Cluster();
    cluster.#stopDatabase = () => galera.stop();
    cluster.nodes = galera.nodes;
    const urls = galera.nodes.map(({ url }) => url);
    await cluster.#prepare(urls, undefined, settings);
    await Promise.all(cluster.instances.map((instance) => instance.start()));
    return cluster;
  }

  async #prepare(urls, main, settings = {}) {
    const connection = await mysql.createConnection(urls[0].replace('mariadb:', 'mysql:'));
    await connection.query('CREATE DATABASE keywright');
    await connection.end();
    const environment = {
      ADMIN_PASSWORD: this.#password,
      JWT_SECRET: secret(),
      KEY_PEPPERS: secret(),
      ENCRYPTION_KEYS: secret(),
      CLIENT_RATE_LIMIT_PER_MINUTE: '0',
      LOGIN_RATE_LIMIT_PER_MINUTE: '0',
      PUBLIC_RATE_LIMIT_PER_MINUTE: '0',
      PUBLIC_URL: 'https://keys.example',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32',
      WEBHOOK_TIMEOUT_MS: '2000',
      REVOCATION_JOURNAL: this.#journal,
    };
    const settingsOf = typeof settings === 'function' ? settings : () => settings;
    for (const [index, name] of ['A', 'B', 'C'].entries()) {
      const { protocol, hostname, port } = new URL(urls[index]);
      const way = new Blackhole(hostname, Number(port));
      const url = `${protocol}//root@127.0.0.1:${await way.listen()}/keywright`;
      this.#ways.push(way);
      this.instances.push(new Instance(name, { ...environment, ...settingsOf(index), DATABASE_URL: url }, { main }));
    }
  }

  async stop() {
    await Promise.all(this.instances.map((instance) => instance.kill()));
    for (const way of this.#ways) way.close();
    await this.#stopDatabase();
    rmSync(this.#journal, { recursive: true });
  }

  /** An instance that nothing happens to at the moment. */
  sound() {
    return pick(this.instances.filter(({ faults }) => faults.every(({ to }) => to !== Infinity)));
  }

  /** Stops an instance where it stands, for a time. */
  async pause(instance, ms) {
    await fault(instance, 'paused', async () => {
      instance.pause();
      await sleep(ms);
      instance.resume();
    });
  }

  async kill(instance, ms) {
    await fault(instance, 'killed', async () => {
      await instance.kill();
      await sleep(ms);
      await instance.start();
    });
  }

  /** @param how it ends: `join`, what has waited goes through; `reset`, all connections are lost */
  async cutOff(instance, ms, how = 'join') {
    const way = this.#ways[this.instances.indexOf(instance)];
    await fault(instance, 'cut off', async () => {
      way.cut();
      await sleep(ms);
      if (how === 'reset') way.reset();
      way.join();
    });
  }

  /** Kills the node that an instance is on. */
  async killNode(instance, ms) {
    const node = this.nodes[this.instances.indexOf(instance)];
    await fault(instance, 'without its node', async () => {
      await node.kill();
      await sleep(ms);
      await node.restart();
    });
  }

  /** Parts the node that an instance is on from the others. */
  async partNode(instance, ms) {
    const node = this.nodes[this.instances.indexOf(instance)];
    await fault(instance, 'parted from the other nodes', async () => {
      await node.set('gmcast.isolate', 1);
      await sleep(ms);
      await node.set('gmcast.isolate', 0);
      while (!(await node.isReady())) await sleep(50);
    });
  }

  /**
   * Notes when a node of the Galera cluster can't commit, or not soon: while the nodes agree on who is gone, or back, nobody knows what is committed.
   *
   * @returns what ends that
   */
  async watch() {
    let isOver = false;
    await this.nodes[0].query('CREATE DATABASE watch');
    await this.nodes[0].query('CREATE TABLE watch.node (port INT PRIMARY KEY, at DOUBLE)');
    const watching = this.nodes.map(async (node, index) => {
      while (!isOver) {
        const from = performance.now();
        const commits = await node.commits();
        const to = performance.now();
        if (!commits || to - from > SLOW_MS)
          this.instances[index].faults.push({ kind: 'without commits', from, to: to + RECOVERY_MS });
        await sleep(100);
      }
    });
    return async () => {
      isOver = true;
      await Promise.all(watching);
    };
  }

  /** An administrator, logged in. */
  async admin() {
    return this.logIn(this.#username, this.#password);
  }

  async logIn(username, password) {
    const instance = this.sound();
    const { body } = await instance.call('POST', '/api/auth/login', { json: { username, password } });
    const { token, user } = body.data;
    const me = await instance.call('GET', '/api/v1/merchants/me', { token });
    return { token, id: user.id, merchantId: me.body.id, username };
  }
}

/** How long after a fault an instance may still have to find its way back. */
const RECOVERY_MS = 2500;

/** How long a commit takes at most on a node that is in order. */
const SLOW_MS = 500;

/** Notes what happens to something that is asked, and for how long its answers may show that. */
export async function fault(instance, kind, work) {
  const entry = { kind, from: performance.now(), to: Infinity };
  instance.faults.push(entry);
  await work();
  entry.to = performance.now() + RECOVERY_MS;
  await sleep(RECOVERY_MS);
}
