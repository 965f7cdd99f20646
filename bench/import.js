// How fast keys are imported by fast hashes over MariaDB, one NDJSON call at a time, with the delay of verifications meanwhile.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';

const PREFIX = 'bench_';
const LENGTH = 38;

/** Imports keys into an empty database, several times. */
export async function importKeys({ rows, rounds }) {
  const mariadb = await startMariadb();
  if (!mariadb) return;
  const connection = await mysql.createConnection(mariadb.url.replace(/^mariadb:/, 'mysql:'));
  await connection.query('SET GLOBAL innodb_buffer_pool_size = 2 * 1024 * 1024 * 1024');
  await connection.query('CREATE DATABASE bench');
  await connection.end();
  const url = new URL(mariadb.url);
  url.pathname = '/bench';
  const server = await startInstance(url.href);
  try {
    const results = [];
    for (let round = 0; round < rounds; round += 1) results.push(await importOnce(server, rows));
    results.sort((a, b) => a.rate - b.rate);
    const { rate, checkP99Ms } = results[Math.floor(rounds / 2)];
    console.log(`import: ${rate.toFixed(0)} rows/s; a check meanwhile within ${checkP99Ms.toFixed(0)} ms at p99`);
  } finally {
    await server.stop();
    await mariadb.stop();
  }
}

async function importOnce({ url, token }, rows) {
  const keys = Array.from({ length: rows }, () => PREFIX + randomBytes(16).toString('hex'));
  const lines = keys.map((key) => ({
    hash: createHash('sha256').update(key).digest('hex'),
    algorithm: 'sha256',
    description: 'A key from before',
    scopes: ['payments:write'],
    createdAt: '2021-05-04T09:00:00Z',
  }));
  const format = { format: { prefix: PREFIX, length: LENGTH } };
  const body = [format, ...lines].map((line) => JSON.stringify(line)).join('\n');
  const headers = { authorization: `Bearer ${token()}`, 'content-type': 'application/x-ndjson' };
  let isDone = false;
  const start = performance.now();
  const answer = fetch(`${url}/api/v1/api-keys/import`, { method: 'POST', headers, body }).finally(() => {
    isDone = true;
  });
  const delays = [];
  while (!isDone) {
    const asked = performance.now();
    await check(url, keys[0]);
    delays.push(performance.now() - asked);
    await sleep(5);
  }
  const response = await answer;
  const report = await response.json();
  const seconds = (performance.now() - start) / 1000;
  if (report.imported !== rows) throw new Error(`${response.status} ${JSON.stringify(report).slice(0, 500)}`);
  for (const key of [keys[0], keys[rows - 1]])
    if ((await check(url, key)) !== 204) throw new Error('An imported key is refused.');
  delays.sort((a, b) => a - b);
  return { rate: rows / seconds, checkP99Ms: delays[Math.floor(delays.length * 0.99)] };
}

const check = async (url, key) =>
  (await fetch(`${url}/api/v1/keys/check`, { headers: { authorization: `Bearer ${key}` } })).status;
