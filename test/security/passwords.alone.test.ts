/**
 * Guarantees of passwords, of the built server, since the other tests hash with less work: stored as OWASP recommends, and an unknown user is
 * refused in the time that a wrong password takes. Runs alone because it measures time.
 */

import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { ratioOfTimes } from '../support/timing.js';

const OWASP = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

describe('passwords', () => {
  const folder = newFolder();
  let program: Program;
  beforeAll(async () => {
    program = await Program.start(folder, { LOGIN_RATE_LIMIT_PER_MINUTE: '0' });
  });
  afterAll(async () => {
    await program.end('SIGTERM');
    await removeFolder(folder);
  });

  it('are stored as argon2id with 19 MiB, two passes and one lane', async () => {
    const database = join(folder, 'data/keywright.sqlite');
    const source = await new DataSource({ type: 'better-sqlite3', database }).initialize();
    const hashes = async () => {
      const rows = await source.query<{ password_hash: string }[]>('SELECT password_hash FROM account');
      return rows.map((row) => row.password_hash);
    };
    const [first] = await hashes();
    expect(first).toMatch(OWASP);
    const json = { password: 'correct horse battery', currentPassword: program.password };
    const token = await program.logIn(program.password);
    expect((await program.call('PATCH', '/account/jwt', { token, json })).status).toBe(200);
    const [second] = await hashes();
    expect(second).toMatch(OWASP);
    expect(second).not.toBe(first);
    await source.destroy();
  });

  it('wait in a queue that refuses more than it holds, and lets another address in meanwhile', async () => {
    const json = { username: 'admin', password: 'a wrong password' };
    let compared = 0;
    const FLOOD = 300;
    const flood = Array.from({ length: FLOOD }, async () => {
      const answer = await program.call('POST', '/login', { json, from: '127.0.0.2' });
      if (answer.status === 401) compared += 1;
      return answer;
    });
    const elsewhere = await program.call('POST', '/login', { json, from: '127.0.0.3' });
    const comparedBefore = compared;
    const answers = await Promise.all(flood);
    const refused = answers.filter(({ status }) => status === 503);
    // One is compared, and a hundred wait.
    expect(refused.length).toBeGreaterThan(10);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(FLOOD - refused.length);
    for (const { headers, body } of refused) {
      expect([headers['retry-after'], headers['x-error-code'], body.result]).toEqual(['5', 'unavailable', 'error']);
    }
    expect(elsewhere.status).toBe(401);
    expect(comparedBefore).toBeLessThan(compared / 2);
  });

  it.each(['/login', '/signin', '/api/auth/login', '/api/v1/auth/login'])(
    'KP2: refuses an unknown user in about the time that a wrong password takes: %s',
    async (path) => {
      const attempt = (username: string) => async () => {
        const { status } = await program.call('POST', path, { json: { username, password: 'a wrong password' } });
        expect(status).toBe(401);
      };
      const ratio = await ratioOfTimes(attempt('nobody'), attempt('admin'));
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    },
  );
});
