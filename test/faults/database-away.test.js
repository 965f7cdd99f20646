import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mariadb, mariadbUrl, stopMariadb, temporaryFolder } from './support/databases.js';
import { untilDown, untilReady } from './support/recovery.js';
import { reportSkipped } from './support/report.js';
import { ROUNDS } from './support/rounds.js';
import { Load, SECRETS, Server } from './support/server.js';

after(stopMariadb);

/** How the database goes away, and comes back. */
const FAULTS = {
  'kill -9 of the database': { go: (database) => database.kill(), comeBack: (database) => database.run() },
  'clean restart of the database': { go: shutDown, comeBack: (database) => database.run() },
  'read-only database': {
    go: (database) => setReadOnly(database, 1),
    comeBack: (database) => setReadOnly(database, 0),
  },
};

async function shutDown(database) {
  const ended = new Promise((resolve) => database.child.once('exit', resolve));
  database.child.kill('SIGTERM');
  await ended;
}

async function setReadOnly(database, value) {
  const connection = await database.connect();
  await connection.query(`SET GLOBAL read_only = ${value}`);
  await connection.end();
}

/** Longer than a lease in the first round, so that the server no longer answers from memory; shorter in the others. */
const awayMs = (round) => (round === 0 ? 4000 : 500);

describe('a server whose MariaDB is away says so, acknowledges nothing, and recovers by itself', () => {
  for (const [name, { go, comeBack }] of Object.entries(FAULTS)) {
    const fault = `${name}, MariaDB`;
    it(`after a ${name}`, async (test) => {
      const database = await mariadb();
      if (!database) {
        reportSkipped(fault, 'needs MariaDB');
        return test.skip();
      }
      const server = new Server(temporaryFolder(), { ...SECRETS, DATABASE_URL: await mariadbUrl() });
      await server.start();
      const load = await Load.on(server);
      for (let round = 0; round < ROUNDS; round += 1) {
        load.clients.start();
        await load.clients.untilTheFault();
        await go(database);
        await Promise.all([round === 0 && untilDown(server, /"database"/), sleep(awayMs(round))]);
        await comeBack(database);
        await untilReady(server);
        await sleep(300);
        await load.clients.stop();
        await load.verify();
      }
      await load.conclude(fault, ROUNDS);
      assert.equal(load.ledger.unknown, 0, 'A server that runs answers every request.');
      assert.ok(load.ledger.refused > 0, 'No request met the outage.');
    });
  }
});
