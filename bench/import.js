// How fast keys are imported by fast hashes over MariaDB, one NDJSON call at a time, with the delay of verifications meanwhile.
import { createHash, randomBytes } from 'node:crypto';
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { freePort, startMariadb } from '../test/support/mariadb.js';

const PREFIX = 'bench_';
const LENGTH = 38;

/** Imports keys into an empty database, several times. */
export async function importKeys({ rows, rounds }) {
  const mariadb = await startMariadb();
  if (!mariadb) return;
  const connection = await mysql.createConnection(mariadb.url.replace(/^mariadb:/, 'mysql:'));
  await connection.query('CREATE DATABASE bench');
  await connection.end();
  const url = new URL(mariadb.url);
  url.pathname = '/bench';
  const secret = randomBytes(32).toString('hex');
  const port = await freePort();
  const variables = {
    DATABASE_URL: url.href,
    ADMIN_PASSWORD: secret,
    JWT_SECRET: secret,
    KEY_PEPPERS: secret,
    ENCRYPTION_KEYS: secret,
    PORT: String(port),
  };
  const server = fork(new URL('serve.js', import.meta.url).pathname, [], { env: { ...process.env, ...variables } });
  try {
    await new Promise((resolve, reject) => {
      server.once('message', resolve);
      server.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
    });
    const base = `http://127.0.0.1:${port}`;
    const token = await logIn(base, secret);
    const results = [];
    for (let round = 0; round < rounds; round += 1) results.push(await importOnce(base, token, rows));
    results.sort((a, b) => a.rate - b.rate);
    const { rate, checkP99Ms } = results[Math.floor(rounds / 2)];
    console.log(`import: ${rate.toFixed(0)} rows/s; a check meanwhile within ${checkP99Ms.toFixed(0)} ms at p99`);
  } finally {
    server.removeAllListeners('exit');
    server.kill();
    await mariadb.stop();
  }
}

async function importOnce(base, token, rows) {
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
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
  let isDone = false;
  const start = performance.now();
  const answer = fetch(`${base}/api/v1/api-keys/import`, { method: 'POST', headers, body }).finally(() => {
    isDone = true;
  });
  const delays = [];
  while (!isDone) {
    const asked = performance.now();
    await check(base, keys[0]);
    delays.push(performance.now() - asked);
    await sleep(5);
  }
  const response = await answer;
  const report = await response.json();
  const seconds = (performance.now() - start) / 1000;
  if (report.imported !== rows) throw new Error(`${response.status} ${JSON.stringify(report).slice(0, 500)}`);
  for (const key of [keys[0], keys[rows - 1]])
    if ((await check(base, key)) !== 204) throw new Error('An imported key is refused.');
  delays.sort((a, b) => a - b);
  return { rate: rows / seconds, checkP99Ms: delays[Math.floor(delays.length * 0.99)] };
}

const check = async (base, key) =>
  (await fetch(`${base}/api/v1/keys/check`, { headers: { authorization: `Bearer ${key}` } })).status;

async function logIn(base, password) {
  const answer = await fetch(`${base}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  return (await answer.json()).accessToken;
}
