/** Guarantees for every surface: a crash is answered with 500 in the surface's envelope, reveals nothing, and harms no later request. */

import type { RequestOptions } from '../support/http.js';
import { TestServer } from '../support/server.js';
import { expectRefusal, SURFACES } from '../support/surfaces.js';

const TABLES = ['account', 'api_key'];

describe('envelopes of crashes', () => {
  let server: TestServer;
  const rename = async (suffix: string, formerSuffix: string): Promise<void> => {
    for (const table of TABLES) {
      await server.dataSource.query(`ALTER TABLE ${table}${formerSuffix} RENAME TO ${table}${suffix}`);
    }
  };
  beforeAll(async () => {
    server = await TestServer.start();
    const { basic } = await server.newPersonalKey(server.admin);
    requests.oauth = { basic, form: { grant_type: 'client_credentials' } };
    await rename('_lost', '');
  });
  afterAll(async () => {
    await rename('', '_lost');
    await server.stop();
  });

  const login: RequestOptions = { json: { username: 'somebody', password: 'a password nobody may read' } };
  const requests: Record<string, RequestOptions> = { clients: login, merchants: login, accounts: login };

  it.each(SURFACES)(
    '$surface: answers a crash with 500 and reveals nothing of it',
    async ({ surface, open, words }) => {
      const logged = server.logs.length;
      const answer = await server.call('POST', open, requests[surface]);
      expectRefusal(open, answer, 500, words[500]);
      expect(JSON.stringify(answer.headers)).not.toMatch(/account|api_key|select|sqlite|mariadb|node_modules/i);
      const lines = server.logs.slice(logged).join('\n');
      expect(lines).toContain(`POST ${open}`);
      expect(lines).not.toContain('a password nobody may read');
    },
  );

  it.each(SURFACES.filter(({ surface }) => surface !== 'oauth'))(
    '$surface: answers a crash during authentication with 500',
    async ({ guarded: [method, path], words }) => {
      const answer = await server.call(method, path, { token: server.admin.token, json: {} });
      expectRefusal(path, answer, 500, words[500]);
    },
  );

  it('keeps serving afterwards', async () => {
    await rename('', '_lost');
    const { status } = await server.call('GET', '/whoami/jwt', { token: server.admin.token });
    await rename('_lost', '');
    expect(status).toBe(200);
  });
});
