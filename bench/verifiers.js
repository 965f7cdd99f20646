// What attached verifiers cost an instance and its database while nothing changes: the instance's share of a core and the statements of MariaDB,
// without any verifier and with many, of many merchants.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { inMariadb } from './find.js';
import { startInstance } from './instance.js';

/** A tick of the processor time in /proc, in milliseconds. */
const TICK_MS = 10;

const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

/** The processor time of a process, in milliseconds. */
function processorMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** @param each the verifiers of a merchant */
export async function attachVerifiers({ merchants = 100, each = 10, seconds = 20, settleMs = 5000 } = {}) {
  const database = await inMariadb();
  const variables = {
    MAX_VERIFIERS_PER_MERCHANT: String(each),
    LOGIN_RATE_LIMIT_PER_MINUTE: '0',
    PUBLIC_RATE_LIMIT_PER_MINUTE: '0',
  };
  const instance = await startInstance(database.url, {
    release: new URL('../dist/src/main.js', import.meta.url).pathname,
    variables,
  });
  const streams = [];
  try {
    const measure = async () => {
      await sleep(settleMs);
      const [from, statements] = [processorMs(instance.pid), await questions(database)];
      await sleep(seconds * 1000);
      return {
        'share of a core': `${((processorMs(instance.pid) - from) / (seconds * 10)).toFixed(1)} %`,
        'statements/s': Math.round(((await questions(database)) - statements) / seconds),
      };
    };
    const without = await measure();
    for (let merchant = 0; merchant < merchants; merchant += 1) {
      const key = await newVerifierKey(instance, merchant);
      for (let verifier = 0; verifier < each; verifier += 1) streams.push(await attach(instance, key));
    }
    console.log(`${streams.length} verifiers of ${merchants} merchants, while nothing changes`);
    console.table({ 'without verifiers': without, 'with verifiers': await measure() });
    const leases = streams.map((stream) => stream.leases);
    console.log(`leases given to each: ${Math.min(...leases)} to ${Math.max(...leases)}`);
  } finally {
    for (const { body } of streams) body.destroy();
    await instance.stop();
    await database.stop();
  }
}

const questions = async ({ query }) => Number((await query("SHOW GLOBAL STATUS LIKE 'Questions'"))[0].Value);

/** A key for the verifiers of a new merchant. */
async function newVerifierKey({ call }, number) {
  const { signupLink } = await call('POST', '/api/v1/merchants/invite', {});
  const { pathname, search } = new URL(signupLink);
  const admin = {
    email: `owner-${number}@shop.example`,
    password: 'correct horse battery',
    firstName: 'Ada',
    lastName: 'Lovelace',
  };
  const { id } = await call('POST', pathname + search, {
    organization: { legalBusinessName: `Shop ${number}` },
    admin,
  });
  const key = { description: 'Verifiers', level: 1, scopes: ['verifier'] };
  return (await call('POST', `/api/v1/api-keys?merchantId=${id}`, key)).fullKey;
}

async function attach({ url }, key) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const attached = await request(`${url}/api/v1/verifiers`, {
    dispatcher,
    method: 'POST',
    headers,
    body: '{"name": "bench"}',
  });
  const { id } = await attached.body.json();
  const { body } = await request(`${url}/api/v1/verifiers/${id}/stream`, { dispatcher, headers });
  const stream = { body, leases: 0 };
  body.on('data', () => (stream.leases += 1)).on('error', () => undefined);
  return stream;
}
