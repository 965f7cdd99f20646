import { randomUUID } from 'node:crypto';
import { createDatabase, engine, onEngine, type TestDatabase } from '../support/engine.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

/** Requests that are under way when the process is killed. */
const AT_ONCE = 4;
const KILLS = engine === 'mariadb' ? 1 : 3;

onEngine('killing the program', () => {
  let database: TestDatabase;
  let folder: string;
  let program: Program;
  beforeEach(async () => {
    folder = newFolder();
    database = await createDatabase();
    program = await start();
  });
  afterEach(async () => {
    await program.end('SIGKILL');
    await database.drop();
    await removeFolder(folder);
  });

  const start = () => Program.start(folder, { DATABASE_URL: database.url });

  it('at any moment has nothing made twice, or lost, that is asked for again with its Idempotency-Key', async () => {
    const { password } = program;
    const token = await program.logIn(password);
    const json = { name: 'An application' };
    const { id } = (await program.call('POST', '/api/v1/applications', { token, json })).body;
    const create = (key: string) =>
      program.call('POST', `/api/v1/applications/${id}/api-keys`, {
        token,
        json: { description: key },
        headers: { 'idempotency-key': key },
      });
    const keys: string[] = [];
    const answered = new Map<string, string>();
    const unanswered = () => keys.filter((key) => !answered.has(key));
    for (let kill = 0; kill < KILLS; kill += 1) {
      let isKilled = false;
      const work = async (): Promise<void> => {
        while (!isKilled) {
          const key = randomUUID();
          keys.push(key);
          const answer = await create(key).catch(() => null);
          if (answer) answered.set(key, answer.body.id as string);
        }
      };
      const workers = Array.from({ length: AT_ONCE }, work);
      const enough = keys.length + 40 + Math.random() * 20;
      while (keys.length < enough) await new Promise(setImmediate);
      await program.end('SIGKILL');
      isKilled = true;
      await Promise.all(workers);
      program = await start();
    }
    expect(unanswered().length).toBeGreaterThan(0);

    for (const key of keys) {
      const { status, body, headers } = await create(key);
      expect([status, body.description]).toEqual([201, key]);
      if (!answered.has(key)) continue;
      expect([body.id, body.fullKey, headers.replayed]).toEqual([answered.get(key), null, 'true']);
    }
    const { totalItems } = (await program.call('GET', `/api/v1/applications/${id}/api-keys`, { token })).body;
    expect(totalItems).toBe(keys.length);
  });
});
