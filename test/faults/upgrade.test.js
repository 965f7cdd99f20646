import { after, describe, it } from 'node:test';
import { readdirSync } from 'node:fs';
import { unpackRelease } from '../support/release.js';
import { mariadb, mariadbUrl, stopMariadb, temporaryFolder } from './support/databases.js';
import { reportSkipped } from './support/report.js';
import { Load, SECRETS, Server } from './support/server.js';

after(stopMariadb);

const RELEASES = readdirSync(new URL('../support/releases', import.meta.url))
  .filter((name) => name.endsWith('.tgz'))
  .map((name) => name.slice(0, -'.tgz'.length));

/** Kills the released server under its clients, and starts the current one on the database that it left. */
async function upgrade(fault, version, url, folder) {
  const settings = { ...SECRETS, DATABASE_URL: url };
  const former = new Server(folder, settings, unpackRelease(version));
  await former.start();
  const load = await Load.on(former);
  load.clients.start();
  await load.clients.untilTheFault();
  await former.kill();
  await load.clients.stop();
  const current = new Server(folder, settings);
  await current.start();
  load.server = current;
  // A login token of the former version names no session.
  await load.merchant.logInAt(current);
  await load.verify();
  await load.clients.runAWhile();
  await load.verify();
  await load.conclude(fault, 1);
}

describe('an upgrade after kill -9 keeps what the released version had acknowledged', () => {
  for (const version of RELEASES) {
    it(`from ${version} on SQLite`, async () => {
      const folder = temporaryFolder();
      await upgrade(`upgrade from ${version}, SQLite`, version, `sqlite:${folder}/keywright.sqlite`, folder);
    });

    it(`from ${version} on MariaDB`, async (test) => {
      const fault = `upgrade from ${version}, MariaDB`;
      if (await mariadb()) return upgrade(fault, version, await mariadbUrl(), temporaryFolder());
      reportSkipped(fault, 'needs MariaDB');
      test.skip();
    });
  }
});
