import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './support/databases.js';
import { untilDown, untilReady } from './support/recovery.js';
import { reportSkipped } from './support/report.js';
import { ROUNDS } from './support/rounds.js';
import { Load, SECRETS, Server } from './support/server.js';

const FAULT = 'full disk, SQLite';

/** A file system that nobody else fills; `null` where this process may not mount one. */
function smallFileSystem() {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  // Before the folder is removed.
  process.prependOnceListener('exit', () => execFileSync('umount', ['-l', folder]));
  return folder;
}

function fill(file) {
  for (let bytes = 1024 * 1024; bytes >= 512;) {
    try {
      appendFileSync(file, Buffer.alloc(bytes));
    } catch {
      bytes /= 2;
    }
  }
}

it('a full disk refuses changes, and takes them again once there is room', async (test) => {
  const folder = smallFileSystem();
  if (!folder) {
    reportSkipped(FAULT, 'only root can mount a small file system');
    return test.skip();
  }
  const filler = join(folder, 'filler');
  const server = new Server(folder, { ...SECRETS, DATABASE_URL: `sqlite:${folder}/keywright.sqlite` });
  await server.start();
  const load = await Load.on(server);
  for (let round = 0; round < ROUNDS; round += 1) {
    load.clients.start();
    await load.clients.untilTheFault();
    fill(filler);
    await untilDown(server, /disk is full|The revocation journal cannot be written \(ENOSPC\)/);
    await sleep(500);
    rmSync(filler);
    await untilReady(server);
    await sleep(200);
    await load.clients.stop();
    await load.verify();
  }
  assert.equal(load.ledger.unknown, 0, 'A server that runs answers every request.');
  await server.kill();
  await server.start();
  await load.verify();
  await load.conclude(FAULT, ROUNDS);
  assert.ok(load.ledger.refused > 0, 'No request met the full disk.');
});
