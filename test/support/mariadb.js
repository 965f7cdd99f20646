import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { provide } from './packages.js';
import { killAtExit } from './process-end.js';

/** Gives the tests a MariaDB: the one in TEST_DATABASE_URL, or a private one in a temporary folder. */
export default async function setup() {
  if (process.env.TEST_DATABASE_URL) return;
  const mariadb = await startMariadb();
  if (!mariadb) return;
  globalThis.stopMariadb = mariadb.stop;
  process.env.TEST_DATABASE_URL = mariadb.url;
}

/** A private mariadbd on a free port; `null` when there is none to be had. */
export async function startMariadb() {
  const mariadbd = provide('MariaDB', 'mariadb-server-core', 'mariadbd', '/usr/sbin/mariadbd');
  // mariadb-install-db calls it.
  const defaults = provide("MariaDB's my_print_defaults", 'mariadb-client-core', 'my_print_defaults');
  if (!mariadbd || !defaults) return null;
  const folder = mkdtempSync(join(tmpdir(), 'keywright-mariadb-'));
  const user = `--user=${userInfo().username}`;
  const data = join(folder, 'data');
  execFileSync(
    'mariadb-install-db',
    ['--no-defaults', user, `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { stdio: 'ignore' },
  );
  const port = await freePort();
  const log = join(folder, 'log');
  const server = spawn(
    mariadbd,
    [
      '--no-defaults',
      user,
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--log-error=${log}`,
      '--max-connections=500',
      // These data live for minutes; waiting for the disk at every commit would only slow the tests down.
      '--innodb-flush-log-at-trx-commit=0',
    ],
    { stdio: 'ignore' },
  );
  const stop = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null) {
      server.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  killAtExit(server);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const url = `mariadb://root@127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      const connection = await mysql.createConnection(url.replace('mariadb:', 'mysql:'));
      await connection.end();
      return { url, stop };
    } catch {
      if (server.exitCode !== null) break;
      await sleep(100);
    }
  }
  const messages = readFileSync(log, 'utf8');
  await stop();
  throw new Error(`mariadbd did not start:\n${messages}`);
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
