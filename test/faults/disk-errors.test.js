import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Disk } from './disk/disk.js';
import { untilDown, untilReady } from './support/recovery.js';
import { reportSkipped } from './support/report.js';
import { ROUNDS } from './support/rounds.js';
import { Load, Server } from './support/server.js';

const FAULT = 'write and sync errors, then power loss, SQLite';
/** What fails in a round, and what the server says then. */
const ERRORS = [
  ['sync EIO', /The disk does not work|The revocation journal cannot be written \((EIO|ENOSPC)\)/],
  ['write ENOSPC', /disk is full|The revocation journal cannot be written \(ENOSPC\)/],
  ['write EIO', /The disk does not work|The revocation journal cannot be written \((EIO|ENOSPC)\)/],
];

describe('a disk that fails', { skip: !Disk.isAvailable }, () => {
  it('makes the server unready, takes nothing that was acknowledged, and is forgiven when it works again', async () => {
    let disk = new Disk();
    let server = new Server(disk.folder, disk.environment);
    await server.start();
    const load = await Load.on(server);
    for (let round = 0; round < ROUNDS; round += 1) {
      const [error, reason] = ERRORS[round % ERRORS.length];
      load.clients.start();
      await load.clients.untilTheFault();
      disk.fail(error);
      await untilDown(server, reason);
      await sleep(300);
      disk.mend();
      await untilReady(server);
      await sleep(200);
      await load.clients.stop();
      await load.verify();
      assert.equal(load.ledger.unknown, 0, 'A server that runs answers every request.');
    }
    await server.kill();
    disk = disk.afterPowerLoss();
    server = new Server(disk.folder);
    await server.start();
    load.server = server;
    await load.verify();
    await load.conclude(FAULT, ROUNDS);
    disk.remove();
    assert.ok(load.ledger.refused > 0, 'No request met an error.');
  });
});

if (!Disk.isAvailable) reportSkipped(FAULT, 'needs Linux and a C compiler');
