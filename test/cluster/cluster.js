import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { startMariadb } from '../support/mariadb.js';
import { Blackhole } from './blackhole.js';
import { Instance } from './instance.js';

const secret = () => randomBytes(24).toString('hex');
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Three server processes on one private MariaDB, each by a way of its own that can be cut. */
export class Cluster {
  instances = [];
  #ways = [];
  #mariadb;
  #password = secret();
  #username = 'admin';

  /** @param preload a module that each process loads before its own, to break something on purpose */
  static async start(preload) {
    const cluster = new Cluster();
    cluster.#mariadb = await startMariadb();
    if (!cluster.#mariadb) throw new Error('These tests need MariaDB.');
    const server = new URL(cluster.#mariadb.url);
    const connection = await mysql.createConnection(server.href.replace('mariadb:', 'mysql:'));
    await connection.query('CREATE DATABASE keywright');
    await connection.end();
    const environment = {
      ADMIN_PASSWORD: cluster.#password,
      JWT_SECRET: secret(),
      KEY_PEPPERS: secret(),
      ENCRYPTION_KEYS: secret(),
      CLIENT_RATE_LIMIT_PER_MINUTE: '0',
      LOGIN_RATE_LIMIT_PER_MINUTE: '0',
      PUBLIC_URL: 'https://keys.example',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32',
      WEBHOOK_TIMEOUT_MS: '2000',
    };
    for (const name of ['A', 'B', 'C']) {
      const way = new Blackhole(server.hostname, Number(server.port));
      const url = `mariadb://root@127.0.0.1:${await way.listen()}/keywright`;
      const instance = new Instance(name, { ...environment, DATABASE_URL: url }, preload);
      await instance.start();
      cluster.#ways.push(way);
      cluster.instances.push(instance);
    }
    return cluster;
  }

  async stop() {
    await Promise.all(this.instances.map((instance) => instance.kill()));
    for (const way of this.#ways) way.close();
    await this.#mariadb.stop();
  }

  /** An instance that nothing happens to at the moment. */
  sound() {
    return pick(this.instances.filter(({ faults }) => faults.at(-1)?.to !== Infinity));
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

async function fault(instance, kind, work) {
  const entry = { kind, from: performance.now(), to: Infinity };
  instance.faults.push(entry);
  await work();
  entry.to = performance.now() + RECOVERY_MS;
  await sleep(RECOVERY_MS);
}
