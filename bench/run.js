// Everything that is quick or slow about Keywright, measured one after the other: `npm run bench` prints the figures that RESULTS.md quotes.
// `-- --smoke` only checks that the benchmarks work; `-- <name> …` runs some of them, `soak` only when it is named; `-- usage --sqlite` or
// `--mariadb` runs it on this engine alone, as it does `warm` and `console`.
import { cpus } from 'node:os';
import { provide } from '../test/support/packages.js';
import { sealEvents } from './audit.js';
import { bulkRevoke } from './bulk.js';
import { showConsole } from './console.js';
import { verifyColdOverHttp } from './cold-http.js';
import { createKeys } from './create.js';
import { eraseMerchant } from './erase.js';
import { findKeys } from './find.js';
import { verifyColdKeys } from './growth.js';
import { importKeys } from './import.js';
import { measureParts } from './parts.js';
import { loadForLong } from './soak.js';
import { useSqlite } from './sqlite.js';
import { stall } from './stalls.js';
import { readUsage } from './usage.js';
import { attachVerifiers } from './verifiers.js';
import { verifyKnownKey } from './warm.js';
import { tellOthers } from './webhooks.js';

const isSmoke = process.argv.includes('--smoke');
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const engines = ['mariadb', 'sqlite'].filter((engine) => process.argv.includes(`--${engine}`));
const onEngines = engines.length > 0 ? { engines } : {};
const wrk = provide('wrk', 'wrk', 'wrk');
if (!wrk) process.exit(0);

const BENCHMARKS = {
  warm: () =>
    verifyKnownKey(wrk, {
      ...onEngines,
      ...(isSmoke
        ? { starts: 1, rounds: 1, seconds: 1, warmUpSeconds: 1 }
        : { starts: 10, rounds: 3, seconds: 2, warmUpSeconds: 4 }),
    }),
  growth: () =>
    verifyColdKeys(
      isSmoke
        ? { few: 1000, many: 2000, seconds: 0.2, rounds: 1, remembered: 1000 }
        : { few: 1000, many: 1_000_000, seconds: 5, rounds: 5, remembered: 100_000 },
    ),
  cold: () =>
    verifyColdOverHttp(
      wrk,
      isSmoke
        ? { keys: 300, seconds: 1, rounds: 1, warmUpSeconds: 1 }
        : { keys: 1000, seconds: 3, rounds: 5, warmUpSeconds: 5 },
    ),
  create: () =>
    createKeys(
      wrk,
      isSmoke ? { seconds: 1, rounds: 1, warmUpSeconds: 1 } : { seconds: 3, rounds: 5, warmUpSeconds: 8 },
    ),
  sqlite: () =>
    useSqlite(wrk, isSmoke ? { seconds: 1, rounds: 1, keys: 200 } : { seconds: 3, rounds: 5, keys: 10_000 }),
  stalls: () =>
    stall(
      isSmoke
        ? { keys: 2000, bulk: 500, imported: 500, idleMs: 300, settleMs: 100 }
        : { keys: 100_000, bulk: 10_000, imported: 30_000 },
    ),
  bulk: () => bulkRevoke(isSmoke ? { keys: 200, rounds: 1 } : {}),
  import: () => importKeys(isSmoke ? { rows: 1000, rounds: 1 } : { rows: 50_000, rounds: 3 }),
  webhooks: () => tellOthers(isSmoke ? { keys: 20, seconds: 0.2, rounds: 1 } : { keys: 500, seconds: 3, rounds: 3 }),
  erase: () => eraseMerchant(isSmoke ? { rows: 1000, idleMs: 200, isWaiting: false } : {}),
  find: () => findKeys(isSmoke ? { rows: 1000, requests: 4 } : {}),
  usage: () => readUsage({ ...onEngines, ...(isSmoke && { keys: 200, requests: 4 }) }),
  console: () => showConsole({ ...onEngines, ...(isSmoke && { rows: 1000, browsers: 1, visits: 1 }) }),
  verifiers: () => attachVerifiers(isSmoke ? { merchants: 2, each: 2, seconds: 1, settleMs: 200 } : {}),
  audit: () =>
    sealEvents(
      isSmoke
        ? { seconds: 0.2, rounds: 1, keys: 200, backlog: 1000 }
        : { seconds: 3, rounds: 3, keys: 5000, backlog: 50_000 },
    ),
  parts: () =>
    measureParts(
      wrk,
      isSmoke
        ? { rounds: 1, times: 20, seconds: 1, clients: [10] }
        : { rounds: 15, times: 2000, seconds: 2, clients: [1, 10, 50] },
    ),
  soak: () => loadForLong(wrk, { seconds: isSmoke ? 2 : 600 }),
};

console.log(`Node ${process.version}, ${cpus()[0].model}, ${cpus().length} cores`);
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  const isWanted = named.length > 0 ? named.includes(name) : isSmoke || name !== 'soak';
  if (isWanted) await benchmark();
}
