import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from './support/databases.js';
import { Ledger } from './support/ledger.js';
import { report } from './support/report.js';
import { LEASE_MS, ROUNDS } from './support/rounds.js';
import { Load, SECRETS, Server } from './support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

const stateOf = ({ isDeleted, isEnabled, credentials }) => JSON.stringify([isDeleted, isEnabled, credentials.length]);

/**
 * Checks every credential that was ever issued: what was revoked, before the backup or since, is refused; what nobody has changed since works.
 *
 * @param before the states of the keys in the backup, by their ids
 */
async function verifyRestored(ledger, keys, before, server) {
  for (const key of keys) {
    if (key.isUnknown) continue;
    const isUnchanged = before.get(key.id) === stateOf(key);
    for (const { value, isValid } of key.credentials) {
      const { status } = await server.check(value);
      // A key that was issued or changed since may be gone or disabled, but never accepted where it was revoked.
      ledger.judge(`key ${key.id}`, status, !isValid || key.isDeleted || !key.isEnabled ? false : isUnchanged || null);
    }
  }
}

describe('a backup that is restored', () => {
  it('brings nothing back that was revoked since', async () => {
    const ledger = new Ledger();
    for (let round = 0; round < ROUNDS; round += 1) {
      const folder = temporaryFolder();
      const settings = { ...SECRETS, DATABASE_URL: `sqlite:${folder}/keywright.sqlite` };
      const command = (...args) =>
        promisify(execFile)(process.execPath, [MAIN, ...args], {
          cwd: folder,
          env: { PATH: process.env.PATH, ...settings },
        });
      const server = new Server(folder, settings);
      await server.start();
      const load = await Load.on(server);
      await load.clients.runAWhile();
      await command('backup', 'monday.backup');
      const before = new Map(load.ledger.keys.map((key) => [key.id, stateOf(key)]));
      load.clients.start();
      await load.clients.untilTheFault();
      await server.kill();
      await load.clients.stop();
      await sleep(LEASE_MS);
      await command('restore', 'monday.backup');
      const restored = new Server(folder, settings);
      await restored.start();
      await verifyRestored(ledger, load.ledger.keys, before, restored);
      await restored.kill();
      ledger.acknowledged += load.ledger.acknowledged;
      ledger.unknown += load.ledger.unknown;
      await command('audit', 'verify');
    }
    report('an older backup restored with its journal', ROUNDS, ledger);
    ledger.assertKept();
  });
});
