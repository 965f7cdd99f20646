import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Disk } from './disk/disk.js';
import { reportSkipped } from './support/report.js';
import { LEASE_MS, ROUNDS } from './support/rounds.js';
import { Load, Server } from './support/server.js';

const FAULT = 'power loss, SQLite';

/** The server starts in an empty folder, so that it also generates its secrets there. */
it('a power loss takes nothing that was acknowledged', { skip: !Disk.isAvailable }, async () => {
  let disk = new Disk();
  let server = new Server(disk.folder, disk.environment);
  await server.start();
  const load = await Load.on(server);
  for (let round = 0; round < ROUNDS; round += 1) {
    load.clients.start();
    await load.clients.untilTheFault();
    await server.kill();
    const leaseEnd = sleep(LEASE_MS);
    await load.clients.stop();
    disk = disk.afterPowerLoss();
    assert.ok(existsSync(join(disk.folder, 'data', 'secrets.json')), 'The secrets are gone.');
    assert.equal(statSync(join(disk.folder, 'data', 'secrets.json')).mode & 0o077, 0);
    server = new Server(disk.folder, disk.environment);
    await server.start();
    load.server = server;
    await load.verify();
    await leaseEnd;
  }
  await load.conclude(FAULT, ROUNDS);
  disk.remove();
});

if (!Disk.isAvailable) reportSkipped(FAULT, 'needs Linux and a C compiler');
