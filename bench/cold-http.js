// What a verification costs over HTTP whose key isn't in the key cache, against bare Fastify that makes the same SELECT by mysql2: 10 connections to
// MariaDB and 50 clients on both sides. The key cache is smaller than the number of keys, which are asked for in turns.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { freePort, startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { requestsPerSecond } from './load.js';

const CACHED = 100;

/** Keys that are created at a time. */
const AT_A_TIME = 50;

export async function verifyColdOverHttp(wrk, { keys, seconds, rounds, warmUpSeconds }) {
  const mariadb = await startMariadb();
  if (!mariadb) return;
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  let server, bare;
  try {
    const connection = await mysql.createConnection(mariadb.url.replace('mariadb:', 'mysql:'));
    await connection.query('CREATE DATABASE bench');
    await connection.end();
    const database = `${mariadb.url}/bench`;
    server = await startInstance(database, { variables: { KEYRING_MAX_KEYS: String(CACHED) } });
    bare = await startBare(database);
    const script = join(folder, 'keys.lua');
    writeFileSync(script, inTurns(await createAll(server, keys)));
    const run = (url, duration) =>
      requestsPerSecond(wrk, `${url}/api/v1/keys/check`, '', ['-s', script], duration, { isPinned: false });
    for (const { url } of [server, bare]) run(url, warmUpSeconds);
    const results = Array.from({ length: rounds }, () => {
      const [own, plain] = [run(server.url, seconds), run(bare.url, seconds)];
      return { own, plain, ratio: own / plain };
    });
    const { own, plain, ratio } = results.sort((a, b) => a.ratio - b.ratio)[Math.floor(rounds / 2)];
    console.log(
      `cold over HTTP, MariaDB: ${own.toFixed(0)} verifications/s, bare Fastify with the SELECT ${plain.toFixed(0)}, ratio ${ratio.toFixed(2)}`,
    );
  } finally {
    bare?.stop();
    await server?.stop();
    await mariadb.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function createAll({ call }, count) {
  const { id } = await call('POST', '/api/v1/applications', { name: 'cold' });
  const keys = [];
  while (keys.length < count) {
    const some = Array.from({ length: AT_A_TIME }, () =>
      call('POST', `/api/v1/applications/${id}/api-keys`, { description: 'cold' }),
    );
    keys.push(...(await Promise.all(some)).map(({ fullKey }) => fullKey));
  }
  return keys;
}

/** A script of wrk that asks for the keys one after the other. */
const inTurns = (keys) => `
local keys = { ${keys.map((key) => `"${key}"`).join(', ')} }
local turn = 0
request = function()
  turn = turn % #keys + 1
  return wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. keys[turn] })
end
`;

async function startBare(database) {
  const port = await freePort();
  const child = fork(new URL('bare-cold.js', import.meta.url).pathname, [], {
    env: { ...process.env, PORT: String(port), DATABASE_URL: database },
    execArgv: ['--no-concurrent-marking'],
  });
  await new Promise((resolve) => child.once('message', resolve));
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}
