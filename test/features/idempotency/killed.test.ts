/** Guarantees across kill -9: a committed change has its webhook delivered, and a repeated request is neither lost nor carried out twice. */

import { randomUUID } from 'node:crypto';
import { createDatabase, type TestDatabase } from '../../support/engine.js';
import { Receiver } from '../../support/receiver.js';
import { newFolder, Program, removeFolder } from '../../support/program.js';

/** Requests that are under way when the process is killed. */
const AT_ONCE = 4;
const KILLS = ENGINE !== 'sqlite' ? 1 : 3;

describe('a killed server', () => {
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

  const start = () =>
    Program.start(folder, {
      DATABASE_URL: database.url,
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1',
      WEBHOOK_TIMEOUT_MS: '100',
    });

  it('between a change and its webhook sends the webhook after the next start', async () => {
    const receiver = await Receiver.start();
    try {
      const token = await program.logIn(program.password);
      const json = { url: receiver.url, events: ['application.created'] };
      expect((await program.call('POST', '/api/v1/webhooks', { token, json })).status).toBe(201);
      // What is sent before the end isn't answered.
      receiver.answer = () => undefined;
      const { id } = (await program.call('POST', '/api/v1/applications', { token, json: { name: 'An application' } }))
        .body;
      await program.end('SIGKILL');
      const tried = receiver.events.length;
      receiver.answer = (response) => void response.writeHead(204).end();
      program = await start();
      // Longer than a claim of the killed process lasts.
      const events = await receiver.at('/', tried + 1, 20_000);
      expect(new Set(events.map(({ body }) => body.data.id))).toEqual(new Set([id]));
      expect(new Set(events.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    } finally {
      await receiver.stop();
    }
  }, 30_000);

  it('at any moment neither loses nor repeats a request that is retried with its Idempotency-Key', async () => {
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
