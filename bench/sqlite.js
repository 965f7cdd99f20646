// The embedded database: keys created over HTTP by 50 clients, every commit on the disk, against release 0.1.0, which synced none, in turns; and
// verifications of keys that aren't in the key cache, against the same statement by better-sqlite3 alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackRelease } from '../test/support/release.js';
import { startInstance } from './instance.js';
import { requestsPerSecond } from './load.js';

const CLIENTS = 50;

export async function useSqlite(wrk, { seconds, rounds, keys }) {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  try {
    await create(wrk, folder, { seconds, rounds });
    await verifyCold(folder, { seconds, rounds, keys });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function create(wrk, folder, { seconds, rounds }) {
  const now = await creator(wrk, folder, 'now', {});
  const former = await creator(wrk, folder, 'former', { release: unpackRelease('0.1.0') });
  for (const { rate } of [now, former]) rate(seconds);
  const results = Array.from({ length: rounds }, () => {
    const [own, plain] = [now.rate(seconds), former.rate(seconds)];
    return { own, plain, ratio: own / plain };
  });
  await now.stop();
  await former.stop();
  const { own, plain, ratio } = middle(results);
  console.log(
    `sqlite create, ${CLIENTS} clients: ${own.toFixed(0)} keys/s with every commit synced, 0.1.0 without ${plain.toFixed(0)}/s, ratio ${ratio.toFixed(2)}`,
  );
}

/** A server, and how many keys it creates per second. */
async function creator(wrk, folder, name, options) {
  const { call, stop, token, url } = await startInstance(`sqlite:${join(folder, `${name}.sqlite`)}`, options);
  const { id } = await call('POST', '/api/v1/applications', { name: 'bench' });
  const script = join(folder, `${name}.lua`);
  const body = JSON.stringify({ description: 'bench' });
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\n`,
  );
  const rate = (seconds) =>
    requestsPerSecond(wrk, `${url}/api/v1/applications/${id}/api-keys`, token(), ['-s', script], seconds, {
      connections: CLIENTS,
      isPinned: false,
    });
  return { rate, stop };
}

async function verifyCold(folder, options) {
  const { ask, stop } = await startInstance(`sqlite:${join(folder, 'cold.sqlite')}`, { program: 'cold-sqlite.js' });
  const results = await ask(options);
  await stop();
  const { own, plain, ratio } = middle(results);
  console.log(
    `sqlite cold, ${options.keys} keys: ${own.toFixed(0)} verifications/s, the statement alone ${plain.toFixed(0)}/s, ratio ${ratio.toFixed(2)}`,
  );
}

const middle = (results) => results.sort((a, b) => a.ratio - b.ratio)[Math.floor(results.length / 2)];
