import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mariadb, mariadbUrl, stopMariadb, temporaryFolder } from './support/databases.js';
import { reportSkipped } from './support/report.js';
import { LEASE_MS, ROUNDS } from './support/rounds.js';
import { Load, SECRETS, Server } from './support/server.js';

after(stopMariadb);

async function killOften(fault, url, folder) {
  const server = new Server(folder, { ...SECRETS, DATABASE_URL: url });
  await server.start();
  const load = await Load.on(server);
  for (let round = 0; round < ROUNDS; round += 1) {
    load.clients.start();
    await load.clients.untilTheFault();
    await server.kill();
    const leaseEnd = sleep(LEASE_MS);
    await load.clients.stop();
    await server.start();
    await load.verify();
    await leaseEnd;
  }
  await load.conclude(fault, ROUNDS);
}

describe('kill -9 of the server takes nothing that was acknowledged, and brings nothing back that was revoked', () => {
  it('on SQLite', async () => {
    const folder = temporaryFolder();
    await killOften('kill -9 of the server, SQLite', `sqlite:${folder}/keywright.sqlite`, folder);
  });

  it('on MariaDB', async (test) => {
    const fault = 'kill -9 of the server, MariaDB';
    if (await mariadb()) return killOften(fault, await mariadbUrl(), temporaryFolder());
    reportSkipped(fault, 'needs MariaDB');
    test.skip();
  });
});
