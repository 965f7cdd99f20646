// How fast verification of a known key is, as a ratio to bare Fastify in the same run: each server on one core, 50 connections, the load from wrk.
import { execFileSync, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from '../test/support/packages.js';
import { freePort } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';

const CONNECTIONS = 50;

export async function verifyKnownKey(wrk, { rounds, seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  const server = await startInstance(`sqlite:${join(folder, 'keywright.sqlite')}`);
  pin(server.pid);
  const { key, answers } = await prepare(server);
  const bare = await startBare(answers);
  try {
    const script = join(folder, 'verify.lua');
    writeFileSync(
      script,
      `wrk.method = "POST"\nwrk.body = '${JSON.stringify({ key })}'\nwrk.headers["Content-Type"] = "application/json"\n`,
    );
    for (const [path, options] of [
      ['/api/v1/keys/check', []],
      ['/api/v1/keys/verify', ['-s', script]],
    ]) {
      const load = (url) => requestsPerSecond(wrk, `${url}${path}`, key, options, seconds);
      load(server.url);
      load(bare.url);
      const all = Array.from({ length: rounds }, () => {
        const own = load(server.url);
        const plain = load(bare.url);
        return { own, plain, ratio: own / plain };
      });
      const middle = (field) => all.map((round) => round[field]).sort((a, b) => a - b)[Math.floor(rounds / 2)];
      console.log(
        `${path}: ${middle('own').toFixed(0)} requests/s, bare Fastify ${middle('plain').toFixed(0)}, ratio ${middle('ratio').toFixed(2)}`,
      );
    }
  } finally {
    bare.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A key with a limit, and what the server answers about it. */
export async function prepare({ call, url }) {
  const { id } = await call('POST', '/api/v1/applications', { name: randomBytes(4).toString('hex') });
  const rateLimit = { limit: 1_000_000_000, windowSeconds: 3600 };
  const path = `/api/v1/applications/${id}/api-keys`;
  const { fullKey: key } = await call('POST', path, { description: 'bench', rateLimit });
  const authorization = `Bearer ${key}`;
  const checked = await fetch(`${url}/api/v1/keys/check`, { headers: { authorization } });
  if (checked.status !== 204) throw new Error(`The key is refused: ${checked.status}`);
  const headers = Object.fromEntries([...checked.headers].filter(([name]) => /^(x-|ratelimit)/.test(name)));
  const verified = await fetch(`${url}/api/v1/keys/verify`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
  const verification = await verified.json();
  if (!verification.valid) throw new Error(`The key is refused: ${verification.outcome}`);
  return { key, answers: { headers, verification } };
}

async function startBare(answers) {
  const port = await freePort();
  const child = fork(new URL('bare.js', import.meta.url).pathname, [JSON.stringify(answers)], {
    env: { ...process.env, PORT: String(port) },
    execArgv: ['--no-concurrent-marking'],
  });
  await new Promise((resolve) => child.once('message', resolve));
  pin(child.pid);
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

/** @param isPinned whether the load has the second core for itself */
export function requestsPerSecond(
  wrk,
  url,
  key,
  options,
  seconds,
  { connections = CONNECTIONS, isPinned = true } = {},
) {
  const parameters = ['-t1', `-c${connections}`, `-d${seconds}`, '-H', `Authorization: Bearer ${key}`, ...options, url];
  const output = execFileSync(...(isPinned ? onCore(1, wrk, parameters) : [wrk, parameters])).toString();
  if (/Non-2xx/.test(output)) throw new Error(output);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]);
}

/** Gives a server the first core for itself, where the machine can do that. */
export function pin(pid) {
  if (find('taskset')) execFileSync('taskset', ['-acp', '0', String(pid)], { stdio: 'ignore' });
}

/** The load generator gets a core of its own. */
export function onCore(core, program, parameters) {
  return find('taskset') && cpus().length > core
    ? ['taskset', ['-c', String(core), program, ...parameters]]
    : [program, parameters];
}
