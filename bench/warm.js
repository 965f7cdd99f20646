// How fast verification of a known key is, as a ratio to bare Fastify and to Node's bare server in the same minute: each server on one core, 50
// connections, the load from wrk. Every start of the server is measured on its own, after it has served other routes, too.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { freePort, startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { cpuUs, load, pin, residentMb } from './load.js';

const SERVER = new URL('../dist/src/main.js', import.meta.url).pathname;

const CHECK = '/api/v1/keys/check';
const VERIFY = '/api/v1/keys/verify';

/** How long a server that has been loaded rests before it is measured. */
const REST_MS = 2000;

/** How long a server that has just started does its housekeeping, and how long it then does nothing while its idle costs are taken. */
const START_MS = 12_000;
const IDLE_MS = 5000;

export async function verifyKnownKey(wrk, { engines = ['sqlite', 'mariadb'], starts, rounds, seconds, warmUpSeconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  const mariadb = engines.includes('mariadb') ? await startMariadb() : null;
  try {
    for (const engine of engines) {
      const found = [];
      for (let start = 0; start < starts; start += 1) {
        const database = await databaseFor(engine, mariadb, folder, start);
        if (database === null) break;
        found.push(await measureStart(wrk, { database, folder, rounds, seconds, warmUpSeconds }));
        if (starts > 1) tell(`${engine}, start ${start + 1}`, [found.at(-1)]);
      }
      if (found.length > 0) tell(`${engine}, ${found.length} starts`, found);
    }
  } finally {
    await mariadb?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function databaseFor(engine, mariadb, folder, start) {
  if (engine === 'sqlite') return `sqlite:${join(folder, `${start}.sqlite`)}`;
  if (!mariadb) return null;
  const connection = await mysql.createConnection(mariadb.url.replace('mariadb:', 'mysql:'));
  await connection.query(`CREATE DATABASE bench${start}`);
  await connection.end();
  return `${mariadb.url}/bench${start}`;
}

/** Starts all servers, and returns the middle of the rounds for both routes. */
async function measureStart(wrk, { database, folder, rounds, seconds, warmUpSeconds }) {
  // The server as it is, without what bench/serve.js measures in it.
  const server = await startInstance(database, {
    release: SERVER,
    variables: { METRICS_TOKEN: randomBytes(16).toString('hex') },
  });
  const idle = await measureIdle(server.pid);
  pin(server.pid);
  const { key, answers, applicationId } = await prepare(server);
  const bare = await startBare('fastify', answers);
  const node = await startBare('node', answers);
  const script = join(folder, 'verify.lua');
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = '${JSON.stringify({ key })}'\nwrk.headers["Content-Type"] = "application/json"\n`,
  );
  const options = { [CHECK]: [], [VERIFY]: ['-s', script] };
  const run = ({ url, pid }, path, forSeconds = seconds) =>
    load(wrk, url + path, key, { options: options[path], seconds: forSeconds, pid });
  try {
    for (const path of [CHECK, VERIFY]) for (const one of [server, bare, node]) run(one, path, warmUpSeconds);
    load(wrk, `${server.url}/api/v1/applications/${applicationId}/api-keys`, server.token(), {
      seconds: warmUpSeconds,
    });
    await sleep(REST_MS);
    const routes = {};
    for (const path of [CHECK, VERIFY]) {
      const all = Array.from({ length: rounds }, () => ({
        own: run(server, path),
        bare: run(bare, path),
        node: run(node, path),
      }));
      routes[path] = {
        rate: median(all.map(({ own }) => own.rate)),
        cpuUs: median(all.map(({ own }) => own.cpuUs)),
        ofFastify: median(all.map((round) => round.own.rate / round.bare.rate)),
        ofNode: median(all.map((round) => round.own.rate / round.node.rate)),
        cpuOfFastify: median(all.map((round) => round.bare.cpuUs / round.own.cpuUs)),
        cpuOfNode: median(all.map((round) => round.node.cpuUs / round.own.cpuUs)),
        p99: median(all.map((round) => round.own.p99Ms / round.bare.p99Ms)),
      };
    }
    return { idle, routes };
  } finally {
    bare.stop();
    node.stop();
    await server.stop();
  }
}

/** What the server takes when nobody asks it anything. */
async function measureIdle(pid) {
  await sleep(START_MS);
  const before = cpuUs(pid);
  await sleep(IDLE_MS);
  return { core: (cpuUs(pid) - before) / (IDLE_MS * 1000), rssMb: residentMb(pid) };
}

/** Prints the median of some starts and the worst one. */
function tell(name, starts) {
  for (const path of [CHECK, VERIFY]) {
    const of = (field) => starts.map(({ routes }) => routes[path][field]);
    const show = (field, digits = 2) =>
      starts.length === 1
        ? of(field)[0].toFixed(digits)
        : `${median(of(field)).toFixed(digits)} (worst ${worst(field, of(field)).toFixed(digits)})`;
    console.log(
      `${name}, ${path}: ${show('rate', 0)} requests/s, ${show('cpuUs', 1)} µs of CPU; ratio to bare Fastify ${show('ofFastify')}, by CPU ${show('cpuOfFastify')}, ` +
        `to node:http ${show('ofNode')}, by CPU ${show('cpuOfNode')}; p99 ×${show('p99')}`,
    );
  }
  const idle = starts.map((start) => start.idle);
  console.log(
    `${name}, idle: ${(median(idle.map(({ core }) => core)) * 100).toFixed(1)} % of a core, RSS ${median(idle.map(({ rssMb }) => rssMb)).toFixed(0)} MB`,
  );
}

/** Of times and of latencies the greatest is the worst, of everything else the least. */
const worst = (field, values) => (field === 'cpuUs' || field === 'p99' ? Math.max(...values) : Math.min(...values));

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** A key with limits, and what the server answers about it. */
export async function prepare({ call, url }) {
  const { id: applicationId } = await call('POST', '/api/v1/applications', { name: randomBytes(4).toString('hex') });
  const rateLimit = { limit: 1_000_000_000, windowSeconds: 3600 };
  const quota = { limit: 1_000_000_000, period: 'month' };
  const path = `/api/v1/applications/${applicationId}/api-keys`;
  const { fullKey: key } = await call('POST', path, { description: 'bench', rateLimit, quota });
  const authorization = `Bearer ${key}`;
  const checked = await fetch(`${url}${CHECK}`, { headers: { authorization } });
  if (checked.status !== 204) throw new Error(`The key is refused: ${checked.status}`);
  const headers = Object.fromEntries([...checked.headers].filter(([name]) => /^(x-|ratelimit)/.test(name)));
  const verified = await fetch(`${url}${VERIFY}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
  const verification = await verified.json();
  if (!verification.valid) throw new Error(`The key is refused: ${verification.outcome}`);
  return { key, applicationId, answers: { headers, verification } };
}

async function startBare(kind, answers) {
  const port = await freePort();
  const child = fork(new URL('bare.js', import.meta.url).pathname, [kind, JSON.stringify(answers)], {
    env: { ...process.env, PORT: String(port) },
    execArgv: ['--no-concurrent-marking'],
  });
  await new Promise((resolve) => child.once('message', resolve));
  pin(child.pid);
  return { pid: child.pid, url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}
