// What each part of the code that was written by hand for its speed is worth, against what it replaces: a library, or the plain way. Each pair runs
// alternately in the same process.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { requestsPerSecond } from './load.js';
import { alternate } from './parts/compare.js';
import { prepare } from './warm.js';

/** What a server still does for a run once its last request is answered, such as sealing the audit trail. */
const SETTLE_MS = 300;

/**
 * @param times operations on the database in a run; there are more of those in memory
 * @param clients how many create keys at a time
 */
export async function measureParts(wrk, { rounds, times, seconds, clients }) {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  const mariadb = await startMariadb();
  try {
    await run('memory', { rounds, times });
    const databases = [{ engine: 'SQLite', url: (name) => `sqlite:${join(folder, name)}` }];
    if (mariadb) databases.push({ engine: 'MariaDB', url: await createDatabases(mariadb.url, ['rows', 'server']) });
    for (const { engine, url } of databases) {
      await run('rows', { engine, rounds, times }, url('rows'));
      const server = await startInstance(url('server'), { program: 'parts/server.js' });
      if (engine === 'SQLite') await compareCheck(wrk, server, { rounds, seconds });
      await compareCreation(wrk, server, { engine, folder, rounds, seconds, clients });
      await server.stop();
    }
  } finally {
    await mariadb?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Databases on a server that has every commit on the disk. */
async function createDatabases(url, names) {
  const connection = await mysql.createConnection(url.replace('mariadb:', 'mysql:'));
  await connection.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
  for (const name of names) await connection.query(`CREATE DATABASE \`${name}\``);
  await connection.end();
  return (name) => `${url}/${name}`;
}

/** Runs one of the programs beside this one until it ends. */
async function run(program, options, databaseUrl) {
  const child = fork(new URL(`parts/${program}.js`, import.meta.url).pathname, [JSON.stringify(options)], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    execArgv: ['--no-concurrent-marking', '--expose-gc'],
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`parts/${program}.js ended with ${code}.`);
}

async function compareCheck(wrk, server, { rounds, seconds }) {
  const { key } = await prepare(server);
  const load = (path) => async () => {
    const before = await server.ask('own');
    const rate = requestsPerSecond(wrk, server.url + path, key, [], seconds);
    return cost(before, await server.ask('own'), rate, seconds);
  };
  await alternate(
    'a check on the fast path, against a route of Nest, 50 connections',
    { rounds },
    { own: load('/api/v1/keys/check'), library: load('/api/v1/nest/check') },
  );
}

async function compareCreation(wrk, server, { engine, folder, rounds, seconds, clients }) {
  const { id } = await server.call('POST', '/api/v1/applications', { name: 'parts' });
  const script = join(folder, 'create.lua');
  const body = JSON.stringify({ description: 'bench' });
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\n`,
  );
  const url = `${server.url}/api/v1/applications/${id}/api-keys`;
  const create = (way, connections) => async () => {
    const before = await server.ask(way);
    const options = { connections, isPinned: false };
    const rate = requestsPerSecond(wrk, url, server.token(), ['-s', script], seconds, options);
    await sleep(SETTLE_MS);
    return cost(before, await server.ask(way), rate, seconds);
  };
  const parts = { 'group commit': 'transactions alone', 'batched reads': 'reads alone' };
  for (const [part, plain] of Object.entries(parts))
    for (const connections of clients)
      await alternate(
        `creating a key by ${part}, against ${plain}, ${connections} connections, ${engine}`,
        { rounds },
        { own: create('own', connections), library: create(plain, connections) },
      );
}

const cost = (before, after, rate, seconds) => ({
  cpuUs: (after.cpuUs - before.cpuUs) / (rate * seconds),
  timeUs: 1e6 / rate,
});
