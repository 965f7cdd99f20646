import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { makeFolder } from './folders.js';
import { killAtExit } from './process-end.js';

/** Settings of servers whose data live for minutes, without waiting for the disk at every commit. */
const SMALL = ['--bind-address=127.0.0.1', '--max-connections=500', '--innodb-flush-log-at-trx-commit=0'];

/** A database server of the tests' own, on a free port and in a temporary folder. */
export class DatabaseServer {
  /**
   * @param engine the scheme of its URL
   * @param command the program and its first arguments
   * @param initialize makes the data folder
   * @param args settings that replace the usual ones
   */
  static async start({ engine, command, initialize, args }) {
    const server = new DatabaseServer();
    server.folder = makeFolder(engine);
    server.forget = () => rmSync(server.folder, { recursive: true, force: true });
    process.once('exit', server.forget);
    server.port = await freePort();
    server.socket = join(server.folder, 'socket');
    server.engine = engine;
    const data = join(server.folder, 'data');
    await initialize(data);
    server.command = [
      ...command,
      `--datadir=${data}`,
      `--port=${server.port}`,
      `--socket=${server.socket}`,
      `--pid-file=${join(server.folder, 'pid')}`,
      `--log-error=${join(server.folder, 'log')}`,
      ...SMALL,
      ...args,
    ];
    await server.run();
    return server;
  }

  /** With the name of someone who may do everything. */
  get url() {
    return `${this.engine}://root@127.0.0.1:${this.port}`;
  }

  /** A connection as someone who may do everything, which needs no network. */
  connect(options = {}) {
    return mysql.createConnection({ socketPath: this.socket, user: 'root', multipleStatements: true, ...options });
  }

  async run() {
    const [program, ...args] = this.command;
    this.child = spawn(program, args, { stdio: 'ignore' });
    killAtExit(this.child);
    for (let attempt = 0; attempt < 600; attempt += 1) {
      try {
        const connection = await this.connect();
        await connection.end();
        return;
      } catch {
        if (this.child.exitCode !== null) break;
        await sleep(50);
      }
    }
    const messages = readFileSync(join(this.folder, 'log'), 'utf8');
    await this.stop();
    throw new Error(`${program} did not start:\n${messages}`);
  }

  /** Ends the process as a crash does; its data stay. */
  async kill() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }

  async stop() {
    await this.kill();
    process.off('exit', this.forget);
    this.forget();
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
