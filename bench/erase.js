// What the deletion of a large merchant does to everybody's checks, on MariaDB: how soon its keys are refused, how long its rows take to go, and
// how long another merchant's checks take before and meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { inMariadb } from './find.js';
import { startInstance } from './instance.js';

const CHECK_EVERY_MS = 4;

const dispatcher = new Agent();

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

/** @param isWaiting whether it waits until the merchant is gone, which takes up to a minute longer */
export async function eraseMerchant({ rows = 1_000_000, idleMs = 10_000, isWaiting = true } = {}) {
  const database = await inMariadb();
  try {
    const instance = await startInstance(database.url);
    try {
      await measure(database, instance, { rows, idleMs, isWaiting });
    } finally {
      await instance.stop();
    }
  } finally {
    await database.stop();
  }
}

async function measure(database, { call, token, url }, { rows, idleMs, isWaiting }) {
  const neighbour = await newKey(call);
  const { signupLink } = await call('POST', '/api/v1/merchants/invite', {});
  const { pathname, search } = new URL(signupLink);
  const admin = {
    email: 'owner@shop.example',
    password: 'correct horse battery',
    firstName: 'Ada',
    lastName: 'Lovelace',
  };
  const { id } = await call('POST', pathname + search, { organization: { legalBusinessName: 'Large Ltd' }, admin });
  const login = await post(url, '/api/v1/auth/login', { username: admin.email, password: admin.password });
  const victim = await newKey((method, path, json) => post(url, path, json, login.accessToken));
  await database.fill(rows, id);
  await sleep(2000);

  const idle = await checks(url, neighbour, () => sleep(idleMs));
  let answeredMs = 0;
  let refusedMs = 0;
  const deletion = await checks(url, neighbour, async () => {
    const start = performance.now();
    await call('DELETE', `/api/v1/merchants/${id}`);
    answeredMs = performance.now() - start;
    while ((await check(url, victim)) !== 401) await sleep(5);
    refusedMs = performance.now() - start;
    const merchant = () =>
      request(`${url}/api/v1/merchants/${id}`, { dispatcher, headers: { authorization: `Bearer ${token()}` } });
    for (let status = isWaiting ? 200 : 404; status === 200; await sleep(1000)) {
      const answer = await merchant();
      status = answer.statusCode;
      await answer.body.dump();
    }
  });
  console.log(`
A merchant with ${rows} keys is deleted, mariadb

| checks of another merchant | number | p50 ms | p99 ms | max ms |
| -------------------------- | -----: | -----: | -----: | -----: |
${row('idle', idle)}
${row('while it is deleted', deletion)}

Answered after ${Math.round(answeredMs)} ms, refused after ${Math.round(refusedMs)} ms, gone after ${Math.round(deletion.tookMs / 1000)} s,
of which up to a minute is the wait for the job. p99 ×${(deletion.p99 / idle.p99).toFixed(2)}.`);
}

const row = (name, { times, p50, p99 }) =>
  `| ${name.padEnd(26)} | ${times.length} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${times.at(-1).toFixed(1)} |`;

/** Checks a key every few milliseconds while something is done. */
async function checks(url, key, work) {
  const times = [];
  let isDone = false;
  const start = performance.now();
  const checking = (async () => {
    while (!isDone) {
      const begin = performance.now();
      if ((await check(url, key)) !== 204) throw new Error('A key of another merchant is refused.');
      times.push(performance.now() - begin);
      await sleep(CHECK_EVERY_MS);
    }
  })();
  await work();
  isDone = true;
  await checking;
  times.sort((a, b) => a - b);
  return { times, tookMs: performance.now() - start, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

async function check(url, key) {
  const { statusCode, body } = await request(`${url}/api/v1/keys/check`, { dispatcher, headers: { 'x-api-key': key } });
  await body.dump();
  return statusCode;
}

async function newKey(call) {
  const { id } = await call('POST', '/api/v1/applications', { name: 'Shop', environment: 'live' });
  return (await call('POST', `/api/v1/applications/${id}/api-keys`, { description: 'A key' })).fullKey;
}

async function post(url, path, json, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const { body } = await request(url + path, { dispatcher, method: 'POST', headers, body: JSON.stringify(json) });
  return body.json();
}
