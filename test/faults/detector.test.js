import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { killAtExit } from '../support/process-end.js';
import { Disk } from './disk/disk.js';
import { Load, Server } from './support/server.js';

const WRITER = fileURLToPath(new URL('disk/writer.js', import.meta.url));
const ROWS = 200;

/** Has a program acknowledge some rows on a disk, and then takes the power away. @returns the disk, and the number of rows acknowledged */
async function write(how) {
  const disk = new Disk();
  const writer = spawn(process.execPath, [WRITER, how], {
    cwd: disk.folder,
    env: { PATH: process.env.PATH, ...disk.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  killAtExit(writer);
  let acknowledged = 0;
  await new Promise((resolve) => {
    writer.stdout.on('data', (chunk) => {
      acknowledged += chunk.length;
      if (acknowledged >= ROWS) writer.kill('SIGKILL');
    });
    writer.once('close', resolve);
  });
  return { disk: disk.afterPowerLoss(), acknowledged };
}

/** How many rows are left on a disk. */
function rowsOn(disk) {
  const file = join(disk.folder, 'rows.sqlite');
  if (!existsSync(file)) return 0;
  const database = new Sqlite(file);
  try {
    const { count } = database.prepare('SELECT count(*) AS count FROM row').get();
    return count;
  } catch {
    return 0;
  } finally {
    database.close();
  }
}

describe('the disk that loses power', { skip: !Disk.isAvailable }, () => {
  it('keeps every commit that was synced', async () => {
    const { disk, acknowledged } = await write('FULL');
    assert.ok(acknowledged >= ROWS);
    assert.ok(rowsOn(disk) >= acknowledged, `${rowsOn(disk)} of ${acknowledged} rows are left.`);
  });

  for (const synchronous of ['NORMAL', 'OFF']) {
    it(`loses commits with synchronous=${synchronous}`, async () => {
      const { disk, acknowledged } = await write(synchronous);
      assert.ok(acknowledged >= ROWS);
      assert.ok(rowsOn(disk) < acknowledged, `${rowsOn(disk)} of ${acknowledged} rows are left.`);
    });
  }

  it('loses a file whose folder was not synced', async () => {
    const { disk } = await write('nameless');
    assert.ok(!existsSync(join(disk.folder, 'nameless')));
    assert.ok(existsSync(join(disk.folder, 'named')));
  });
});

it(
  'the ledger sees when a disk that lies has the server acknowledge what is lost',
  { skip: !Disk.isAvailable },
  async () => {
    const disk = new Disk();
    const server = new Server(disk.folder, disk.environment);
    await server.start();
    const load = await Load.on(server);
    await load.clients.runAWhile();
    disk.fail('sync LIE');
    load.clients.start();
    await load.clients.untilTheFault();
    await server.kill();
    await load.clients.stop();
    assert.deepEqual([load.ledger.lost, load.ledger.wrong], [[], []]);
    const left = disk.afterPowerLoss();
    load.server = new Server(left.folder);
    await load.clients.server.start();
    await load.verify();
    await load.clients.server.kill();
    left.remove();
    const { lost, wrong } = load.ledger;
    const sees = (list, what) =>
      assert.ok(
        list.some((sentence) => what.test(sentence)),
        `${what}: ${list[0]}`,
      );
    sees(lost, /^key .* is refused/);
    sees(lost, /^Of \d+ records api_key/);
    sees(lost, /was deleted and is back|is enabled: true|is described as/);
    sees(wrong, /was revoked and is accepted/);
  },
);
