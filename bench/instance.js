// A server of its own for a benchmark, with somebody logged in.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { freePort } from '../test/support/mariadb.js';

/**
 * Starts the built server on a database, and logs its administrator in.
 *
 * @param variables further settings
 * @param release the main program of a released version, or of this one, to be started in place of one that says how it is
 */
export async function startInstance(
  databaseUrl,
  { execArgv = [], program = 'serve.js', release = null, variables: further = {} } = {},
) {
  const secret = randomBytes(32).toString('hex');
  const port = await freePort();
  const variables = {
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    ADMIN_PASSWORD: secret,
    JWT_SECRET: secret,
    KEY_PEPPERS: secret,
    ENCRYPTION_KEYS: secret,
    REVOCATION_JOURNAL: mkdtempSync(join(tmpdir(), 'keywright-bench-')),
    ...further,
  };
  const child = fork(release ?? new URL(program, import.meta.url).pathname, release ? ['serve'] : [], {
    env: { ...process.env, ...variables },
    execArgv: ['--no-concurrent-marking', '--max-semi-space-size=4', ...execArgv],
    stdio: ['ignore', release ? 'ignore' : 'inherit', 'inherit', 'ipc'],
  });
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([
    release ? untilItAnswers(url) : once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`The server ended with ${code}.`))),
  ]);
  // fetch would take more of the two cores than the server it asks.
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  let token;
  const call = async (method, path, json) => {
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    };
    const body = json === undefined ? undefined : JSON.stringify(json);
    const answer = await request(url + path, { dispatcher, method, headers, body });
    const content = answer.statusCode === 204 ? null : await answer.body.json();
    if (answer.statusCode >= 400) throw new Error(`${method} ${path}: ${answer.statusCode} ${JSON.stringify(content)}`);
    return content;
  };
  token = (await call('POST', '/api/v1/auth/login', { username: 'admin', password: secret })).accessToken;
  const { id: merchantId } = await call('GET', '/api/v1/merchants/me');
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await dispatcher.close();
    child.kill();
    await ended;
    rmSync(variables.REVOCATION_JOURNAL, { recursive: true });
  };
  /** What its process answers to a message. */
  const ask = (message) => {
    child.send(message);
    return new Promise((resolve) => child.once('message', resolve));
  };
  return { ask, call, merchantId, pid: child.pid, stop, token: () => token, url };
}

async function untilItAnswers(url) {
  while (
    !(await request(`${url}/health/live`).then(
      ({ body }) => body.dump().then(() => true),
      () => false,
    ))
  )
    await sleep(50);
}
