import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, IsNull } from 'typeorm';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../src/audit/audit-event.entity.js';
import { dataSourceOptions } from '../../src/database.js';
import { aKey } from '../support/keys.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

const KEYS = 5000;

describe('a bulk revocation that is killed in the middle', () => {
  let folder: string;
  let program: Program;
  let source: DataSource;
  beforeEach(async () => {
    folder = newFolder();
    program = await Program.start(folder);
    source = await new DataSource(dataSourceOptions(`sqlite:${join(folder, 'data/keywright.sqlite')}`)).initialize();
  });
  afterEach(async () => {
    await program.end('SIGKILL');
    await source.destroy();
    await removeFolder(folder);
  });

  const alive = () => source.getRepository(ApiKey).countBy({ deletedAt: IsNull() });
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
    const left = await alive();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(KEYS);
    expect(await recorded()).toBe(KEYS - left);

    program = await Program.start(folder);
    token = await program.logIn(password);
    expect((await revoke(KEYS)).body.message).toContain(`is ${left},`);
    const { status, body } = await revoke(left);
    expect([status, body.results.length]).toEqual([200, left]);
    expect([await alive(), await recorded()]).toEqual([0, KEYS]);
  });
});
