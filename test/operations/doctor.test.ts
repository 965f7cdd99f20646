/** Guarantees of `keywright doctor`: a line for each part, what is wrong and what to do, and nothing is changed. */

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WebhookEndpoint } from '../../src/webhooks/webhook-endpoint.entity.js';
import { runCommand } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';
import { TestServer } from '../support/server.js';

interface Examined {
  code: number | null;
  isWell: boolean;
  checks: { name: string; verdict: string; message: string }[];
}

describe('keywright doctor', () => {
  let folder: string;
  let server: TestServer;
  beforeAll(async () => {
    folder = newFolder();
    server = await TestServer.start();
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  async function examine(variables: Record<string, string> = {}, where = folder): Promise<Examined> {
    const environment = { ...server.variables, ...variables };
    const { code, stdout, stderr } = await runCommand(where, ['doctor', '--json'], environment);
    expect(stderr).toBe('');
    return { code, ...(JSON.parse(stdout) as Omit<Examined, 'code'>) };
  }
  const problemsOf = ({ checks }: Examined) => checks.filter(({ verdict }) => verdict === 'problem');
  const ofName = ({ checks }: Examined, name: string) => checks.filter((check) => check.name === name);

  it('finds no problem beside a running server, and says a line for each part', async () => {
    const examined = await examine();
    expect(problemsOf(examined)).toEqual([]);
    expect(examined).toMatchObject({ code: 0, isWell: true });
    const names = ['settings', 'database', 'schema', 'clock', 'secrets', 'servers', 'administrators', 'webhooks'];
    expect(new Set(examined.checks.map(({ name }) => name))).toEqual(new Set([...names, 'mail', 'disk']));
    expect(ofName(examined, 'servers')[0]?.message).toBe('1 runs');
    const { stdout } = await runCommand(folder, ['doctor'], server.variables);
    expect(stdout.trim().split('\n')).toHaveLength(examined.checks.length + 2);
    expect(stdout).not.toContain(server.variables.JWT_SECRET);
  });

  it('finds no problem while no server runs', async () => {
    await server.close();
    const examined = await examine();
    await server.open();
    expect(problemsOf(examined)).toEqual([]);
    expect(examined).toMatchObject({ code: 0, isWell: true });
    expect(ofName(examined, 'servers')[0]?.message).toBe('none run');
  });

  it.each([
    ['settings', { PORT: 'eighty' }, 'PORT must be a whole number'],
    [
      'database',
      { DATABASE_URL: 'mariadb://k:a%20password@127.0.0.1:1/k' },
      'nothing answers at 127.0.0.1:1 (ECONNREFUSED)',
    ],
    ['secrets', { JWT_SECRET: 'f1f2'.repeat(12) }, 'JWT_SECRET is not that of this database'],
    ['secrets', { KEY_PEPPERS: 'f1f2'.repeat(12) }, 'KEY_PEPPERS is not that of this database'],
    ['mail', { SMTP_URL: 'smtp://127.0.0.1:1' }, 'takes no mails: connect ECONNREFUSED'],
    ['redis', { REDIS_URL: 'redis://127.0.0.1:1' }, 'does not answer: connect ECONNREFUSED'],
  ])('says what is wrong with %s, given %j', async (name, variables, reason) => {
    const examined = await examine(variables);
    expect([examined.code, examined.isWell]).toEqual([1, false]);
    const wrong = examined.checks.filter(({ verdict }) => verdict === 'problem');
    expect(wrong).toEqual([{ name, verdict: 'problem', message: expect.stringContaining(reason) }]);
    expect(wrong[0]?.message).not.toMatch(/\n|password@/);
  });

  it('warns of a webhook that fails, without the path of its URL', async () => {
    const { token } = await server.newMerchant();
    const json = { url: 'http://127.0.0.1:9/a-secret-path', events: ['api_key.created'] };
    expect((await server.call('POST', '/api/v1/webhooks', { token, json })).status).toBe(201);
    const failing = { failingSince: new Date(), consecutiveFailures: 7 };
    await server.dataSource.getRepository(WebhookEndpoint).update({ url: json.url }, failing);
    const examined = await examine();
    const [found] = ofName(examined, 'webhooks');
    expect(found).toMatchObject({
      verdict: 'warning',
      message: expect.stringMatching(/127\.0\.0\.1:9 \(.*7 failures/),
    });
    expect(found?.message).not.toContain('secret-path');
    expect(examined.code).toBe(0);
  });

  it('names a schema of another version', async () => {
    const [latest] = await server.dataSource.query<Record<string, unknown>[]>(
      'SELECT id, name FROM migration ORDER BY id DESC LIMIT 1',
    );
    const rename = (name: unknown) =>
      server.dataSource.query('UPDATE migration SET name = ? WHERE id = ?', [name, latest?.id]);
    await rename('FromTheFuture1999');
    const newer = await examine();
    await rename(latest?.name);
    expect(newer.code).toBe(1);
    expect(ofName(newer, 'schema')[0]?.message).toContain('newer than this version (FromTheFuture1999)');
  });

  it('creates nothing where there is nothing yet, and says what the first start will do', async () => {
    const empty = newFolder();
    const { code, stdout } = await runCommand(empty, ['doctor'], {});
    expect([code, readdirSync(empty)]).toEqual([0, []]);
    expect(stdout).toContain('The first start generates them');
    expect(stdout).toContain('The first start creates it');
    await mkdir(join(empty, 'data'));
    await writeFile(join(empty, 'data/secrets.json'), '{}');
    await chmod(join(empty, 'data/secrets.json'), 0o644);
    expect((await runCommand(empty, ['doctor'], {})).stdout).toContain('chmod 600 data/secrets.json');
    await removeFolder(empty);
  });
});
