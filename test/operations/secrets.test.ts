// An entry of ENCRYPTION_KEYS can be retired: everything is encrypted anew, and nothing needs the old one.

import { TestServer, type User } from '../support/server.js';
import { answer, challengeOf, codeOf, setUpTotp } from '../support/second-factors.js';
import { runCommand, type CommandResult } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';

const [OLD, NEW] = ['an encryption key of former days', 'an encryption key of these very days'];
const OTHERS = {
  JWT_SECRET: 'a secret of this test that signs things',
  KEY_PEPPERS: 'a pepper of this test that hashes things',
};

describe('retiring an encryption key', () => {
  let folder: string;
  let server: TestServer;
  let merchant: User;
  let serviceId: string;
  beforeAll(async () => {
    folder = newFolder();
    server = await TestServer.start({ ...OTHERS, ENCRYPTION_KEYS: OLD });
    merchant = await server.newMerchant();
    const service = await server.call('POST', '/api/clients/generate-service-id', { token: merchant.token });
    serviceId = service.body.data.SERVICE_ID;
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  const run = (line: string, keys: string): Promise<CommandResult> =>
    runCommand(folder, line.split(' '), { ...OTHERS, DATABASE_URL: server.databaseUrl, ENCRYPTION_KEYS: keys });
  const generate = () =>
    server.call('POST', '/api/clients/generate-api-key', { token: merchant.token, json: { service_id: serviceId } });
  const list = async (asked = server): Promise<string[]> => {
    const { status, body } = await asked.call('GET', '/api/clients/api-keys', { token: merchant.token });
    expect(status).toBe(200);
    return body.data.map(({ apisecret }: { apisecret: string }) => apisecret).sort();
  };

  it('says what needs it, encrypts that anew, and then the old key can go', async () => {
    for (let count = 0; count < 3; count += 1) expect((await generate()).status).toBe(201);
    const webhook = { url: 'http://127.0.0.1:9/hook', events: ['api_key.created'] };
    expect((await server.call('POST', '/api/v1/webhooks', { token: merchant.token, json: webhook })).status).toBe(201);
    const { secret, recoveryCodes } = await setUpTotp(server, merchant);
    expect(recoveryCodes).toHaveLength(10);
    const secrets = await list();
    expect(secrets).toHaveLength(3);

    const before = await run('secrets status', `${NEW},${OLD}`);
    expect(before.stderr).toBe('');
    expect(before.stdout).toContain('ENCRYPTION_KEYS\n  1  in use, needed by nothing yet\n');
    expect(before.stdout).toMatch(
      / {2}2 {2}accepted, needed by API keys of the clients surface: 3, webhook endpoints: 1, authenticator apps: 1\n/,
    );
    const refused = await run('secrets status', NEW);
    expect([refused.code, refused.stderr.split('\n').length]).toEqual([1, 2]);

    const done = await run('secrets reencrypt', `${NEW},${OLD}`);
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(done.stdout).toContain('API keys of the clients surface: 3 encrypted anew');
    expect(done.stdout).toContain('webhook endpoints: 1 encrypted anew');
    expect(done.stdout).toContain('authenticator apps: 1 encrypted anew');
    const again = await run('secrets reencrypt', `${NEW},${OLD}`);
    expect(again.stdout).toContain('API keys of the clients surface: 0 encrypted anew');
    const after = await run('secrets status', `${NEW},${OLD}`);
    expect(after.stdout).toMatch(/ {2}2 {2}accepted, needed by nothing: may be removed\n/);

    for (const keys of [`${NEW},${OLD}`, NEW]) {
      const next = await server.another({ ENCRYPTION_KEYS: keys });
      expect(await list(next)).toEqual(secrets);
      server.clock.advance(30);
      const { challenge } = await challengeOf(next, merchant);
      expect((await answer(next, { challenge, code: codeOf(next, secret) })).status).toBe(200);
      await next.close();
    }
  });
});
