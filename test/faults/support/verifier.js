import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = fileURLToPath(new URL('../../../dist/src/main.js', import.meta.url));
const AT_A_TIME = 16;

/** How long the last audit records may take to get their places. */
const SEALING_MS = 10_000;

/**
 * Compares what a ledger holds with what a server says, and finds out what became of changes whose outcome was unknown: from then on that must
 * hold, too.
 */
export async function verify(ledger, server, merchant) {
  const left = ledger.keys.slice();
  const work = async () => {
    for (let key = left.pop(); key; key = left.pop()) await verifyKey(ledger, server, merchant, key);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  await verifyTrail(ledger, server, merchant);
}

async function verifyKey(ledger, server, merchant, key) {
  for (const credential of key.credentials) {
    const { status } = await server.check(credential.value);
    ledger.judge(`key ${key.id}`, status, credential.isValid);
    if (status === 0 || status === 503) ledger.wrong.push(`The check of key ${key.id} was answered with ${status}`);
    else credential.isValid = status === 204;
  }
  const { status, body } = await server.call('GET', key.path, { token: merchant.token });
  const isDeleted = status === 404;
  if (status !== 200 && !isDeleted) ledger.wrong.push(`GET of key ${key.id} was answered with ${status}`);
  const found = { isDeleted, isEnabled: body?.status !== 'disabled', description: body?.description };
  if (key.isUnknown) {
    // A rotation that was made left a credential that nobody was given, so nobody changes this key.
    Object.assign(key, found);
  } else if (isDeleted !== key.isDeleted) {
    ledger.lost.push(`Key ${key.id} ${isDeleted ? 'is gone' : 'was deleted and is back'}`);
  } else if (!isDeleted) {
    if (found.isEnabled !== key.isEnabled) ledger.lost.push(`Key ${key.id} is enabled: ${found.isEnabled}`);
    if (found.description !== key.description) ledger.lost.push(`Key ${key.id} is described as ${found.description}`);
  }
}

/** Every acknowledged change must have its audit record, and the chain must hold. */
async function verifyTrail(ledger, server, merchant) {
  const get = (path) => server.call('GET', `/api/v1/audit-events${path}`, { token: merchant.token });
  const end = performance.now() + SEALING_MS;
  let report;
  do {
    report = (await get('/verify')).body;
    if (report?.unsealed === 0) break;
    await sleep(100);
  } while (performance.now() < end);
  if (report?.unsealed !== 0) ledger.wrong.push(`Audit records got no places: ${JSON.stringify(report)}`);
  if (!report?.valid) ledger.wrong.push(`The audit trail is broken: ${JSON.stringify(report)}`);
  const { text } = await get('/export');
  const left = new Map();
  for (const line of text.split('\n').filter(Boolean)) {
    const { action, target } = JSON.parse(line);
    const of = `${action} ${target.id}`;
    left.set(of, (left.get(of) ?? 0) + 1);
  }
  for (const { id, actions } of ledger.keys) {
    for (const action of new Set(actions)) {
      const expected = actions.filter((each) => each === action).length;
      const found = left.get(`${action} ${id}`) ?? 0;
      if (found < expected) ledger.lost.push(`Of ${expected} records ${action} of key ${id} there are ${found}`);
    }
  }
}

/** The chains of all merchants hold, as the command says that reads the database beside the server. */
export function verifyChains(ledger, server) {
  const options = { env: server.databaseEnvironment, cwd: server.folder };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'audit', 'verify'], options, (error, stdout, stderr) => {
      if (error) ledger.wrong.push(`keywright audit verify: ${stdout}${stderr}`);
      resolve();
    });
  });
}
