/** Guarantee across kill -9: a bulk revocation leaves whole transactions with their audit records, and calling it again finishes it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, IsNull } from 'typeorm';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { TABLES } from '../../../src/entities.js';
import { createDataSource } from '../../../src/platform/database/data-source.js';
import { createDatabase, type TestDatabase } from '../../support/engine.js';
import { aKey } from '../../support/keys.js';
import { newFolder, Program, removeFolder } from '../../support/program.js';

const KEYS = 5000;

describe('a bulk revocation killed midway', () => {
  let database: TestDatabase;
  let folder: string;
  let program: Program;
  let source: DataSource;
  beforeEach(async () => {
    folder = newFolder();
    database = await createDatabase();
    program = await start();
    source = await createDataSource(database.url, TABLES).initialize();
  });
  afterEach(async () => {
    await program.end('SIGKILL');
    await source.destroy();
    await database.drop();
    await removeFolder(folder);
  });

  const start = () => Program.start(folder, { DATABASE_URL: database.url });
  const alive = () => source.getRepository(ApiKey).countBy({ deletedAt: IsNull() });
  /** Those that are left once the transaction that was under way has its end, which MariaDB may bring about a moment after the process's. */
  const left = async () => {
    const lock = ENGINE !== 'sqlite' ? 'FOR UPDATE' : '';
    return (await source.query<object[]>(`SELECT id FROM api_key WHERE deleted_at IS NULL ${lock}`)).length;
  };
  const recorded = () => source.getRepository(AuditEvent).countBy({ action: 'api_key.deleted' });

  it('has revoked whole transactions with their audit records, and is finished by calling again', async () => {
    const { password } = program;
    let token = await program.logIn(password);
    const { body: me } = await program.call('GET', '/api/v1/merchants/me', { token });
    const owner = { merchantId: me.id as string, accountId: 1 };
    const keys = Array.from({ length: KEYS }, () => aKey(owner, { name: 'one of many' }));
    for (let from = 0; from < KEYS; from += 500)
      await source.getRepository(ApiKey).insert(keys.slice(from, from + 500));
    const revoke = (expectedCount: number) =>
      program.call('POST', '/api/v1/api-keys/bulk-revoke', {
        token,
        json: { filter: { q: 'one of many' }, expectedCount },
      });

    const answer = revoke(KEYS).catch(() => null);
    while ((await alive()) === KEYS) await sleep(1);
    await program.end('SIGKILL');
    expect(await answer).toBeNull();
    const count = await left();
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(KEYS);
    expect(await recorded()).toBe(KEYS - count);

    program = await start();
    token = await program.logIn(password);
    expect((await revoke(KEYS)).body.message).toContain(`is ${count},`);
    const { status, body } = await revoke(count);
    expect([status, body.results.length]).toEqual([200, count]);
    expect([await alive(), await recorded()]).toEqual([0, KEYS]);
  });
});
