// The embedded database: keys created over HTTP by 50 clients, every commit on the disk; and verifications of keys that aren't in the key cache,
// against the same statement by better-sqlite3 alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInstance } from './instance.js';
import { requestsPerSecond } from './warm.js';

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
  const { call, stop, token, url } = await startInstance(`sqlite:${join(folder, 'create.sqlite')}`);
  const { id } = await call('POST', '/api/v1/applications', { name: 'bench' });
  const script = join(folder, 'create.lua');
  const body = JSON.stringify({ description: 'bench' });
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\n`,
  );
  const rates = Array.from({ length: rounds + 1 }, () =>
    requestsPerSecond(wrk, `${url}/api/v1/applications/${id}/api-keys`, token(), ['-s', script], seconds, {
      connections: CLIENTS,
      isPinned: false,
    }),
  ).slice(1);
  await stop();
  console.log(`sqlite create, ${CLIENTS} clients: ${middle(rates).toFixed(0)} keys/s, each commit synced`);
}

async function verifyCold(folder, options) {
  const { ask, stop } = await startInstance(`sqlite:${join(folder, 'cold.sqlite')}`, { program: 'cold-sqlite.js' });
  const results = await ask(options);
  await stop();
  const { own, plain, ratio } = results.sort((a, b) => a.ratio - b.ratio)[Math.floor(results.length / 2)];
  console.log(
    `sqlite cold, ${options.keys} keys: ${own.toFixed(0)} verifications/s, the statement alone ${plain.toFixed(0)}/s, ratio ${ratio.toFixed(2)}`,
  );
}

const middle = (rates) => rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)];
