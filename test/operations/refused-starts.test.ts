/**
 * Guarantees of a start: a schema newer than the server and secrets that are not those of the database are refused, and secrets can be rotated.
 */

import { randomBytes } from 'node:crypto';
import { ConfigError } from '../../src/platform/config/config-error.js';
import { SecretFingerprint } from '../../src/platform/secrets/secret-fingerprint.entity.js';
import { runCommand } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';
import { TestServer, type User } from '../support/server.js';

const secret = (): string => randomBytes(24).toString('hex');
const SETTINGS = ['JWT_SECRET', 'KEY_PEPPERS', 'ENCRYPTION_KEYS'] as const;
type Secrets = Record<(typeof SETTINGS)[number], string>;

describe('refused starts', () => {
  let own: Secrets;
  let server: TestServer;
  let others: TestServer[];
  beforeEach(async () => {
    own = { JWT_SECRET: secret(), KEY_PEPPERS: secret(), ENCRYPTION_KEYS: secret() };
    server = await TestServer.start(own);
    others = [];
  });
  afterEach(async () => {
    for (const other of others) await other.close();
    await server.stop();
  });

  const start = async (variables: Partial<Secrets> & Record<string, string> = {}): Promise<TestServer> => {
    const other = await server.another(variables);
    others.push(other);
    return other;
  };
  /** @returns the line that explains the refusal */
  const refusalOf = async (variables: Partial<Secrets>): Promise<string> => {
    const started: unknown = await start(variables).catch((error: unknown) => error);
    expect(started).toBeInstanceOf(ConfigError);
    const { message } = started as ConfigError;
    expect(message).not.toContain('\n');
    for (const value of [...Object.values(own), ...Object.values(variables)])
      for (const one of value.split(',')) expect(message).not.toContain(one);
    return message;
  };
  const isAccepted = async (at: TestServer, { token }: User): Promise<boolean> =>
    (await at.call('GET', '/whoami/jwt', { token })).status === 200;
  const check = async (at: TestServer, fullKey: string): Promise<number> =>
    (await at.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } })).status;
  const newKey = async (): Promise<string> => {
    const application = await server.newApplication(server.admin);
    return (await server.newFullKey(server.admin, application)).fullKey;
  };

  it('come from a schema newer than the server, but a running server goes on', async () => {
    const row = { timestamp: 1_999_999_999_999, name: 'Later1999999999999' };
    await server.dataSource.createQueryBuilder().insert().into('migration').values(row).execute();
    const message = await refusalOf({});
    expect(message).toMatch(/^The schema of the database is newer than this version \(it has Later1999999999999\)\. /);
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    expect(await check(server, await newKey())).toBe(204);
  });

  if (ENGINE === 'sqlite') {
    it('come in one line from every command', async () => {
      const row = { timestamp: 1_999_999_999_999, name: 'Later1999999999999' };
      await server.dataSource.createQueryBuilder().insert().into('migration').values(row).execute();
      const folder = newFolder();
      const variables = { DATABASE_URL: server.databaseUrl, PORT: '0', ...own };
      const commands = [['serve'], ['housekeeping'], ['housekeeping', '--dry-run'], ['seed'], ['audit', 'verify']];
      for (const command of commands) {
        const { code, stdout, stderr } = await runCommand(folder, command, variables);
        expect({ command, code, stdout, stderr }).toEqual({
          command,
          code: 1,
          stdout: '',
          stderr: expect.stringMatching(/^The schema of the database is newer than this version [^\n]+\n$/),
        });
      }
      await server.dataSource.createQueryBuilder().delete().from('migration').where(row).execute();
      for (const command of commands) {
        const { code, stderr } = await runCommand(folder, command, { ...variables, JWT_SECRET: secret() });
        if (command[0] === 'audit') expect([code, stderr]).toEqual([0, '']);
        else {
          expect([command, code]).toEqual([command, 1]);
          expect(stderr).toMatch(/^Keywright cannot start: JWT_SECRET is not that of this database[^\n]+\n$/);
        }
      }
      await removeFolder(folder);
    });
  }

  it.each(SETTINGS)('come from a %s that is not that of the database', async (setting) => {
    expect(await refusalOf({ [setting]: secret() })).toContain(`${setting} is not that of this database`);
    expect(await isAccepted(await start(), server.admin)).toBe(true);
  });

  it('name all settings that are wrong', async () => {
    const all = { JWT_SECRET: secret(), KEY_PEPPERS: secret(), ENCRYPTION_KEYS: secret() };
    const message = await refusalOf(all);
    for (const setting of SETTINGS) expect(message).toContain(`${setting} is not that of this database`);
  });

  it('leave nothing behind: neither a fingerprint nor a connection', async () => {
    const before = await server.dataSource.getRepository(SecretFingerprint).find();
    await refusalOf({ JWT_SECRET: secret(), KEY_PEPPERS: `${secret()},${own.KEY_PEPPERS}` });
    expect(await server.dataSource.getRepository(SecretFingerprint).find()).toEqual(before);
    expect(before.map(({ setting }) => setting).sort()).toEqual([...SETTINGS].sort());
  });

  it('do not come from a secret in front of the former one, which still verifies', async () => {
    const [jwt, pepper] = [secret(), secret()];
    const rotating = await start({
      JWT_SECRET: `${jwt},${own.JWT_SECRET}`,
      KEY_PEPPERS: `${pepper},${own.KEY_PEPPERS}`,
    });
    expect(await isAccepted(rotating, server.admin)).toBe(true);
    const { email, password } = server.admin;
    const late = await rotating.logIn(email, password);
    expect(await isAccepted(rotating, late)).toBe(true);
    // An instance that has not been told yet may start again.
    await start();
    const rotated = await start({ JWT_SECRET: jwt });
    expect([await isAccepted(rotated, late), await isAccepted(rotated, server.admin)]).toEqual([true, false]);
    expect(await refusalOf({})).toContain('JWT_SECRET is not that of this database');
  });

  it('verify a Service ID of the former JWT_SECRET, too', async () => {
    const { body } = await server.call('POST', '/api/clients/generate-service-id', { token: server.admin.token });
    const json = { service_id: body.data.SERVICE_ID };
    const rotating = await start({ JWT_SECRET: `${secret()},${own.JWT_SECRET}` });
    const generated = await rotating.call('POST', '/api/clients/generate-api-key', { token: server.admin.token, json });
    expect(generated.status).toBe(201);
  });

  it('come from the removal of a pepper that keys need, until they have moved to the newest', async () => {
    const pepper = secret();
    const fullKey = await newKey();
    const both = `${pepper},${own.KEY_PEPPERS}`;
    const rotating = await start({ KEY_PEPPERS: both });
    expect(await refusalOf({ KEY_PEPPERS: pepper })).toContain(
      'KEY_PEPPERS lacks an entry that rows need (API keys: 1)',
    );
    // Its first use moves the key, and an instance with the former pepper alone must not start from then on.
    expect(await check(rotating, fullKey)).toBe(204);
    await rotating.flushed();
    expect(await refusalOf({})).toContain('KEY_PEPPERS lacks an entry that rows need (API keys: 1)');
    expect(await check(await start({ KEY_PEPPERS: pepper }), fullKey)).toBe(204);
    expect(await refusalOf({})).toContain('KEY_PEPPERS is not that of this database');
  });

  it('come from the removal of an encryption key that rows need, and not when none does', async () => {
    const added = secret();
    const { id } = await server.newPair(server.admin);
    await start({ ENCRYPTION_KEYS: `${added},${own.ENCRYPTION_KEYS}` });
    expect(await refusalOf({ ENCRYPTION_KEYS: added })).toContain(
      'ENCRYPTION_KEYS lacks an entry that rows need (API keys of the clients surface: 1)',
    );
    await server.call('DELETE', `/api/clients/api-keys/${id}`, { token: server.admin.token });
    await start({ ENCRYPTION_KEYS: added });
  });

  it('can be overruled, with a warning', async () => {
    const fullKey = await newKey();
    const now = { JWT_SECRET: secret(), KEY_PEPPERS: secret() };
    const accepting = await start({ ...now, ACCEPT_NEW_SECRETS: 'true' });
    expect(server.logs.join('\n')).toMatch(/although JWT_SECRET is not that[^]+although KEY_PEPPERS is not that/);
    expect([await isAccepted(accepting, server.admin), await check(accepting, fullKey)]).toEqual([false, 401]);
    await start(now);
    expect(await refusalOf({ KEY_PEPPERS: now.KEY_PEPPERS })).toContain('JWT_SECRET is not that of this database');
  });

  it('compare with what the first start of this version finds in a database from before', async () => {
    const former = secret();
    await newKey();
    const forget = () => server.dataSource.getRepository(SecretFingerprint).clear();
    await forget();
    expect(await refusalOf({ KEY_PEPPERS: secret() })).toContain(
      'KEY_PEPPERS lacks an entry that rows need (API keys: 1)',
    );
    await start({ KEY_PEPPERS: `${former},${own.KEY_PEPPERS}` });
    const later = secret();
    const rotating = await start({ KEY_PEPPERS: `${later},${own.KEY_PEPPERS}` });
    await rotating.newFullKey(server.admin, await rotating.newApplication(server.admin));
    await forget();
    // Some keys work: an entry has been removed on purpose, as it could be.
    await start({ KEY_PEPPERS: later });
    expect(server.logs).toContainEqual(
      expect.stringContaining('KEY_PEPPERS lacks an entry that rows need (API keys: 1).'),
    );
    expect(await refusalOf({ JWT_SECRET: secret() })).toContain('JWT_SECRET is not that of this database');
  });

  it('of two instances that start together on a new database with different secrets, refuse one', async () => {
    await server.dataSource.getRepository(SecretFingerprint).clear();
    const results = await Promise.allSettled([start(), start({ JWT_SECRET: secret() })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await server.dataSource.getRepository(SecretFingerprint).count()).toBe(3);
  });

  it('and fingerprints hold nothing that a secret can be guessed by without its row', async () => {
    const rows = await server.dataSource.getRepository(SecretFingerprint).find();
    const again = await TestServer.start(own);
    const same = await again.dataSource.getRepository(SecretFingerprint).find();
    await again.stop();
    for (const { fingerprint } of rows) {
      expect(fingerprint).toMatch(/^[\da-f]{16}$/);
      expect(same.map((row) => row.fingerprint)).not.toContain(fingerprint);
    }
  });
});
