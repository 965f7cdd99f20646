/** Guarantees of `keywright secrets generate` and `rotate`: nothing that was issued or encrypted is lost by a rotation, and what is needed stays. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, type CommandResult } from '../support/command.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

const SETTINGS = ['JWT_SECRET', 'KEY_PEPPERS', 'ENCRYPTION_KEYS'];

describe('keywright secrets', () => {
  let folder: string;
  let fullKey: string;
  let token: string;
  beforeAll(async () => {
    folder = newFolder();
    const program = await Program.start(folder, { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32' });
    token = await program.logIn(program.password);
    const json = { description: 'A key' };
    fullKey = (await program.call('POST', '/api/v1/api-keys', { token, json })).body.fullKey;
    const webhook = { url: 'http://127.0.0.1:9/hook', events: ['api_key.created'] };
    expect((await program.call('POST', '/api/v1/webhooks', { token, json: webhook })).status).toBe(201);
    await program.end('SIGTERM');
  });
  afterAll(() => removeFolder(folder));

  const run = (line: string, variables: Record<string, string> = {}): Promise<CommandResult> =>
    runCommand(folder, ['secrets', ...line.split(' ')], variables);
  const stored = (): Record<string, string> =>
    JSON.parse(readFileSync(join(folder, 'data/secrets.json'), 'utf8')) as Record<string, string>;

  it('generates secrets that a server takes in production, and stores none', async () => {
    const { code, stdout } = await runCommand(newFolder(), ['secrets', 'generate'], {});
    expect(code).toBe(0);
    expect(stdout).toMatch(/^JWT_SECRET=[\w-]{43}\nKEY_PEPPERS=[\w-]{43}\nENCRYPTION_KEYS=[\w-]{43}\n$/);
    const json = await run('generate --json');
    const secrets = JSON.parse(json.stdout) as Record<string, string>;
    expect(Object.keys(secrets)).toEqual(SETTINGS);
    expect(new Set(Object.values(secrets)).size).toBe(3);
    const doctor = await runCommand(newFolder(), ['doctor', '--json'], {
      ...secrets,
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://keys.shop.example',
      SMTP_URL: 'smtp://127.0.0.1:1',
    });
    const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; verdict: string }[] };
    expect(checks.filter(({ name }) => name === 'settings')).toEqual([
      { name: 'settings', verdict: 'ok', message: 'valid' },
    ]);
  });

  it('rotates all three, after which keys, logins and encrypted data still work', async () => {
    const before = stored();
    const { code, stdout, stderr } = await run(`rotate ${SETTINGS.join(' ')}`);
    expect([code, stderr]).toEqual([0, '']);
    const after = stored();
    for (const name of SETTINGS) {
      const [added = '', kept, ...others] = (after[name] ?? '').split(',');
      expect([added.length, kept, others]).toEqual([43, before[name], []]);
      expect(stdout).not.toContain(added);
    }
    expect(statSync(join(folder, 'data/secrets.json')).mode & 0o777).toBe(0o600);

    const early = await run('rotate KEY_PEPPERS');
    expect(early).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No server has started with the newest.*\n$/),
    });
    expect((await run('rotate --retire KEY_PEPPERS')).code).toBe(1);
    expect(stored()).toEqual(after);

    const program = await Program.start(folder);
    expect((await program.call('GET', '/api/v1/merchants/me', { token })).status).toBe(200);
    await program.end('SIGTERM');
  });

  it('removes older entries only once no row needs them', async () => {
    const before = stored();
    const pepper = await run('rotate --retire KEY_PEPPERS');
    expect(pepper).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('(API keys: 1)') });
    const key = await run('rotate --retire ENCRYPTION_KEYS');
    expect(key).toMatchObject({ code: 1, stderr: expect.stringContaining('Run keywright secrets reencrypt first.') });
    expect(stored()).toEqual(before);

    const program = await Program.start(folder);
    // Its use moves the key to the newest pepper.
    expect((await program.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
    await program.end('SIGTERM');
    expect((await run('reencrypt')).code).toBe(0);
    const status = JSON.parse((await run('status --json')).stdout) as {
      setting: string;
      entries: { mayBeRemoved: boolean; neededBy: Record<string, number> | null }[];
    }[];
    expect(status.map(({ setting, entries }) => [setting, entries.map(({ mayBeRemoved }) => mayBeRemoved)])).toEqual([
      ['JWT_SECRET', [false, false]],
      ['KEY_PEPPERS', [false, true]],
      ['ENCRYPTION_KEYS', [false, true]],
    ]);
    expect(status[1]?.entries[0]?.neededBy).toEqual({ 'API keys': 1 });

    expect((await run(`rotate --retire ${SETTINGS.join(' ')}`)).code).toBe(0);
    for (const name of SETTINGS) expect(stored()[name]).toBe(before[name]?.split(',')[0]);
    const after = await Program.start(folder);
    expect((await after.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
    // The login was signed with the secret that is gone.
    expect((await after.call('GET', '/api/v1/merchants/me', { token })).status).toBe(401);
    await after.end('SIGTERM');
  });

  it.each([
    ['rotate KEY_PEPPERS', 1, /set in the environment.*KEY_PEPPERS=[\w-]{43},<its present value>\n$/],
    ['rotate PEPPERS', 2, /There are no secrets PEPPERS\. Name JWT_SECRET, KEY_PEPPERS, ENCRYPTION_KEYS\.\n$/],
  ])('refuses "%s" with a setting in the environment', async (line, code, reason) => {
    const before = stored();
    const variables = { KEY_PEPPERS: stored().KEY_PEPPERS ?? '' };
    const refused = await run(line, variables);
    expect(refused).toEqual({ code, stdout: '', stderr: expect.stringMatching(reason) });
    expect(refused.stderr).not.toContain(variables.KEY_PEPPERS);
    expect(stored()).toEqual(before);
  });
});
