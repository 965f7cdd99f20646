import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { temporaryFolder } from './support/databases.js';
import { untilDown, untilReady } from './support/recovery.js';
import { ROUNDS } from './support/rounds.js';
import { Load, SECRETS, Server } from './support/server.js';

/** How long another process keeps the write lock: changes wait for ten seconds, and the first round of the long form is longer than that. */
const lockedMs = (round) => (ROUNDS > 3 && round === 0 ? 15_000 : 1500);

async function lock(server, file, round) {
  const other = new Sqlite(file, { timeout: 10_000 });
  other.exec('BEGIN IMMEDIATE');
  await sleep(lockedMs(round));
  other.exec('ROLLBACK');
  other.close();
}

async function moveAway(server, file) {
  renameSync(file, `${file}.away`);
  await untilDown(server, /removed or replaced/);
  await sleep(500);
  renameSync(`${file}.away`, file);
}

async function tryOut(fault, take) {
  const folder = temporaryFolder();
  const file = join(folder, 'keywright.sqlite');
  const server = new Server(folder, { ...SECRETS, DATABASE_URL: `sqlite:${file}` });
  await server.start();
  const load = await Load.on(server);
  for (let round = 0; round < ROUNDS; round += 1) {
    load.clients.start();
    await load.clients.untilTheFault();
    await take(server, file, round);
    await untilReady(server);
    await sleep(200);
    await load.clients.stop();
    await load.verify();
  }
  await load.conclude(fault, ROUNDS);
  assert.equal(load.ledger.unknown, 0, 'A server that runs answers every request.');
}

describe('nothing that was acknowledged is lost, and everything is right again afterwards', () => {
  it('while another process holds the write lock', () => tryOut('write lock of another process, SQLite', lock));
  it('while the database file is moved away', () => tryOut('database file moved away, SQLite', moveAway));
});
