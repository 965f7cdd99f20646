// How fast verification is, as a ratio to bare Fastify in the same run: each process on one core, 50 connections, the load from wrk.
// `npm run bench` prints the figures; `npm run bench -- --smoke` only checks that the benchmark works.
import { execFileSync, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { find, provide } from '../test/support/packages.js';
import { freePort } from '../test/support/mariadb.js';

const isSmoke = process.argv.includes('--smoke');
const ROUNDS = isSmoke ? 1 : 5;
const SECONDS = isSmoke ? 1 : 5;
const CONNECTIONS = 50;
const PASSWORD = randomBytes(12).toString('hex');

const wrk = provide('wrk', 'wrk', 'wrk');
if (!wrk) process.exit(0);
const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
const children = [];
try {
  await measure();
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function measure() {
  const secret = randomBytes(32).toString('hex');
  const server = await start(new URL('serve.js', import.meta.url).pathname, [], {
    DATABASE_URL: `sqlite:${join(folder, 'keywright.sqlite')}`,
    ADMIN_PASSWORD: PASSWORD,
    JWT_SECRET: secret,
    KEY_PEPPERS: secret,
    ENCRYPTION_KEYS: secret,
  });
  const key = await createKey(server.url);
  const basic = { authorization: `Bearer ${key}` };
  const checked = await fetch(`${server.url}/api/v1/keys/check`, { headers: basic });
  if (checked.status !== 204) throw new Error(`The key is refused: ${checked.status}`);
  const headers = Object.fromEntries([...checked.headers].filter(([name]) => /^(x-|ratelimit)/.test(name)));
  const body = JSON.stringify({ key });
  const json = { ...basic, 'content-type': 'application/json' };
  const verification = await (
    await fetch(`${server.url}/api/v1/keys/verify`, { method: 'POST', headers: json, body })
  ).json();
  if (!verification.valid) throw new Error(`The key is refused: ${verification.outcome}`);
  const bare = await start(new URL('bare.js', import.meta.url).pathname, [JSON.stringify({ headers, verification })]);

  const script = join(folder, 'verify.lua');
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\n`,
  );
  console.log(
    `Node ${process.version}, ${cpus()[0].model}, ${cpus().length} cores; ${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections`,
  );
  for (const [path, options] of [
    ['/api/v1/keys/check', []],
    ['/api/v1/keys/verify', ['-s', script]],
  ]) {
    const load = (url) => requestsPerSecond(`${url}${path}`, key, options);
    load(server.url);
    load(bare.url);
    const rounds = Array.from({ length: ROUNDS }, () => {
      const own = load(server.url);
      const plain = load(bare.url);
      return { own, plain, ratio: own / plain };
    });
    const middle = (field) => rounds.map((round) => round[field]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
    console.log(
      `${path}: ${middle('own').toFixed(0)} requests/s, bare Fastify ${middle('plain').toFixed(0)}, ratio ${middle('ratio').toFixed(2)}`,
    );
  }
}

async function createKey(url) {
  const post = async (path, json, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(json) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { accessToken } = await post('/api/v1/auth/login', { username: 'admin', password: PASSWORD });
  const { id } = await post('/api/v1/applications', { name: 'bench' }, accessToken);
  const rateLimit = { limit: 1_000_000_000, windowSeconds: 3600 };
  return (await post(`/api/v1/applications/${id}/api-keys`, { description: 'bench', rateLimit }, accessToken)).fullKey;
}

function requestsPerSecond(url, key, options) {
  const output = execFileSync(
    ...onCore(1, wrk, [
      '-t1',
      `-c${CONNECTIONS}`,
      `-d${SECONDS}`,
      '-H',
      `Authorization: Bearer ${key}`,
      ...options,
      url,
    ]),
  ).toString();
  if (/Non-2xx/.test(output)) throw new Error(output);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]);
}

async function start(file, parameters, variables = {}) {
  const port = await freePort();
  const execArgv = ['--no-concurrent-marking'];
  const child = fork(file, parameters, { env: { ...process.env, ...variables, PORT: String(port) }, execArgv });
  children.push(child);
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  if (find('taskset')) execFileSync('taskset', ['-acp', '0', String(child.pid)], { stdio: 'ignore' });
  return { url: `http://127.0.0.1:${port}` };
}

/** The load generator gets a core of its own, where the machine can do that. */
function onCore(core, program, parameters) {
  return find('taskset') && cpus().length > core
    ? ['taskset', ['-c', String(core), program, ...parameters]]
    : [program, parameters];
}
