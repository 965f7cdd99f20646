/**
 * Guarantees of a stop: requests in flight are answered, buffers are flushed, and kill -9 loses nothing that was acknowledged. Runs alone
 * because it measures time.
 */

import { join } from 'node:path';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { TABLES } from '../../src/entities.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

describe('stopping the server', () => {
  let folder: string;
  let program: Program;
  let token: string;
  let password: string;
  beforeEach(async () => {
    folder = newFolder();
    program = await Program.start(folder, { USAGE_FLUSH_INTERVAL_MS: '60000' });
    ({ password } = program);
    token = await program.logIn(password);
  });
  afterEach(async () => {
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  const newKey = async (): Promise<{ id: string; basic: string } | null> => {
    const json = { name: 'A key', level: 1, expiresIn: 3600 };
    const { status, body } = await program.call('POST', '/apikeys/jwt', { token, json });
    return status === 201 ? { id: body.apikey.key, basic: `${body.apikey.key}:${body.apikey.secret}` } : null;
  };

  it.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])('on %s flushes last uses and ends with code 0', async (signal) => {
    const key = await newKey();
    expect((await program.call('GET', '/api/v1/keys/check', { basic: key?.basic })).status).toBe(204);
    const start = performance.now();
    expect(await program.end(signal)).toBe(0);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(program.stderr).toBe('');
    const source = await createDataSource(`sqlite:${join(folder, 'data/keywright.sqlite')}`, TABLES).initialize();
    const { lastUsedAt } = await source.getRepository(ApiKey).findOneByOrFail({ id: key?.id });
    await source.destroy();
    expect(Date.now() - (lastUsedAt?.getTime() ?? 0)).toBeLessThan(10_000);
  });

  it('answers requests in flight before it ends', async () => {
    const answers = Array.from({ length: 5 }, () =>
      program.call('POST', '/api/v1/auth/login', { json: { username: 'admin', password } }),
    );
    await Promise.race(answers);
    const ended = program.end('SIGTERM');
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await ended).toBe(0);
  });

  it('killed while writing loses nothing that it has acknowledged', async () => {
    const kept: string[] = [];
    let isKilled = false;
    const writeAgainAndAgain = async (): Promise<void> => {
      while (!isKilled) {
        const key = await newKey().catch(() => null);
        if (key) kept.push(key.basic);
      }
    };
    const writers = [1, 2, 3, 4].map(writeAgainAndAgain);
    while (kept.length < 100) await newKey();
    expect(await program.end('SIGKILL')).toBe('SIGKILL');
    isKilled = true;
    await Promise.all(writers);

    program = await Program.start(folder);
    for (const basic of kept) {
      expect((await program.call('GET', '/api/v1/keys/check', { basic })).status).toBe(204);
    }
    const { body } = await program.call('GET', '/api/v1/audit-events?action=api_key.created', { token });
    expect(body.totalItems).toBeGreaterThanOrEqual(kept.length);
  });
});
