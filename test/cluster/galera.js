import { execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { makeFolder } from '../support/folders.js';
import { freePort } from '../support/mariadb.js';
import { provide } from '../support/packages.js';
import { killAtExit } from '../support/process-end.js';
import { nodeSettings, providerOptions } from './documented-galera.js';

const run = promisify(execFile);

const PROVIDER = nodeSettings.wsrep_provider;

/** The scripts of state transfers refuse to be root's, as the server does. */
const USER = process.getuid() === 0 ? 'mysql' : userInfo().username;

/** How long a node may take to be one of the cluster, and how often it is tried: now and then the nodes can't agree on who is there. */
const JOINING_MS = 20_000;
const ATTEMPTS = 4;

/** How long a node is waited for to take a change. */
const COMMITTING_MS = 5000;

/** One node of a Galera cluster, with the settings that docs/databases.md has. */
class Node {
  #cluster;
  #server;
  #folder;
  #provider;

  constructor(cluster, folder, ports) {
    this.#cluster = cluster;
    this.#folder = folder;
    this.data = join(folder, 'data');
    Object.assign(this, ports);
    this.url = `mariadb://root@127.0.0.1:${this.port}`;
    const settings = {
      ...providerOptions,
      'gmcast.listen_addr': `tcp://127.0.0.1:${this.groupPort}`,
      'ist.recv_addr': `127.0.0.1:${this.transferPort}`,
      'gcache.size': '32M',
    };
    this.#provider = Object.entries(settings)
      .map(([name, value]) => `${name}=${value}`)
      .join(';');
  }

  get log() {
    return readFileSync(join(this.#folder, 'log.err'), 'utf8');
  }

  #arguments() {
    return [
      '--no-defaults',
      ...(process.getuid() === 0 ? [`--user=${USER}`] : []),
      `--datadir=${this.data}`,
      `--tmpdir=${this.#folder}`,
      `--port=${this.port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(this.#folder, 'socket')}`,
      `--pid-file=${join(this.#folder, 'pid')}`,
      `--log-error=${join(this.#folder, 'log.err')}`,
      '--max-connections=300',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-log-file-size=16M',
      ...Object.entries(nodeSettings).map(([name, value]) => `--${name}=${value}`),
      `--wsrep-provider-options=${this.#provider}`,
      `--wsrep-cluster-address=gcomm://${this.#cluster.addresses}`,
      `--wsrep-node-address=127.0.0.1:${this.groupPort}`,
      `--wsrep-sst-receive-address=127.0.0.1:${this.statePort}`,
    ];
  }

  /** Makes an empty database. */
  async install() {
    await run('mariadb-install-db', [
      '--no-defaults',
      ...(process.getuid() === 0 ? [`--user=${USER}`] : []),
      `--datadir=${this.data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--innodb-log-file-size=16M',
    ]);
  }

  /** @param options such as where a node begins that was there before */
  async start(...options) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      this.#server = spawn('mariadbd', [...this.#arguments(), ...options], { stdio: 'ignore' });
      const server = this.#server;
      killAtExit(server);
      for (const begin = performance.now(); this.#isRunning && performance.now() < begin + JOINING_MS; await sleep(50))
        if (await this.isReady()) return;
      await this.kill();
    }
    throw new Error(`A node did not start:\n${this.log.slice(-6000)}`);
  }

  get #isRunning() {
    return this.#server?.exitCode === null && this.#server.signalCode === null;
  }

  /** Comes back to the cluster where it was when it was killed, as the service of the Debian package does. */
  async restart() {
    const options = this.#arguments().filter((option) => !option.startsWith('--log-error'));
    const { stderr } = await run('mariadbd', [...options, '--wsrep-recover']);
    const [, position] = /Recovered position:? ?(\S+)/.exec(stderr) ?? [];
    await this.start(...(position ? [`--wsrep-start-position=${position}`] : []));
  }

  async isReady() {
    try {
      return (await this.query(`SHOW STATUS LIKE 'wsrep_local_state_comment'`))[0]?.Value === 'Synced';
    } catch {
      return false;
    }
  }

  /** Whether a change can be committed. */
  async commits() {
    try {
      await this.query({
        sql: `REPLACE INTO watch.node VALUES (${this.port}, ${performance.now()})`,
        timeout: COMMITTING_MS,
      });
      return true;
    } catch {
      return false;
    }
  }

  async query(statement) {
    const connection = await this.#connect();
    try {
      return (await connection.query(statement))[0];
    } finally {
      connection.destroy();
    }
  }

  #connect() {
    return mysql.createConnection({ uri: this.url.replace('mariadb:', 'mysql:'), connectTimeout: COMMITTING_MS });
  }

  /** Sets an option of the provider. */
  set(name, value) {
    return this.query(`SET GLOBAL wsrep_provider_options = '${name}=${value}'`);
  }

  /**
   * Has the node apply nothing of what others commit, though it goes on taking part and answering.
   *
   * @returns what ends that
   */
  async lag() {
    const connection = await this.#connect();
    await connection.query('FLUSH TABLES WITH READ LOCK');
    return () => connection.destroy();
  }

  kill() {
    return this.end('SIGKILL');
  }

  async end(signal = 'SIGTERM') {
    if (!this.#isRunning) return;
    const ended = new Promise((resolve) => this.#server.once('exit', resolve));
    this.#server.kill(signal);
    await ended;
  }
}

/** A real cluster of three MariaDB servers, each of which takes changes. */
export class Galera {
  nodes = [];
  addresses = '';
  #folder;

  /** `null` where it can't be had */
  static async start() {
    const isThere =
      provide('MariaDB', 'mariadb-server', '/usr/bin/wsrep_sst_rsync') &&
      provide('Galera', 'galera-4', PROVIDER) &&
      provide('rsync', 'rsync', 'rsync');
    if (!isThere) return null;
    const galera = new Galera();
    galera.#folder = makeFolder('galera');
    try {
      await galera.#start();
    } catch (error) {
      await galera.stop();
      throw error;
    }
    return galera;
  }

  async #start() {
    const ports = [];
    for (let number = 0; number < 3; number += 1)
      ports.push({
        port: await freePort(),
        groupPort: await freePort(),
        transferPort: await freePort(),
        statePort: await freePort(),
      });
    this.addresses = ports.map(({ groupPort }) => `127.0.0.1:${groupPort}`).join(',');
    own(this.#folder);
    for (const [number, some] of ports.entries()) {
      const folder = join(this.#folder, String(number));
      for (const path of [folder, join(folder, 'data')]) {
        mkdirSync(path);
        own(path);
      }
      this.nodes.push(new Node(this, folder, some));
    }
    const [first, ...others] = this.nodes;
    await first.install();
    await first.start('--wsrep-new-cluster');
    await first.end();
    // All begin with the same data: else each would have them sent by another one, which takes seconds.
    for (const { data } of others) await run('cp', ['-a', `${first.data}/.`, data]);
    await first.start('--wsrep-new-cluster');
    // One after the other: nodes that come at once are long in agreeing on who is there.
    for (const node of others) await node.start();
  }

  async stop() {
    await Promise.all(this.nodes.map((node) => node.kill()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Gives a folder to whom the servers run as. */
function own(path) {
  if (process.getuid() !== 0) return;
  const [user, group] = ['-u', '-g'].map((option) => Number(execFileSync('id', [option, USER])));
  chownSync(path, user, group);
}
