/**
 * Guarantees of a start: what is printed and when, how secrets are kept, what is refused, and how long it takes. Runs alone because it
 * measures time.
 */

import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCTION, SECRETS } from '../support/production.js';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { slowness } from '../support/slowness.js';

describe('starting the server', () => {
  let folder: string;
  let running: Program[];
  beforeEach(() => {
    folder = newFolder();
    running = [];
  });
  afterEach(async () => {
    for (const program of running) await program.end('SIGKILL');
    await removeFolder(folder);
  });
  const start = async (variables: Record<string, string> = {}): Promise<Program> => {
    const program = await Program.start(folder, variables);
    running.push(program);
    return program;
  };
  const refused = async (variables: Record<string, string>): Promise<string[]> => {
    const program = Program.launch(folder, variables);
    running.push(program);
    expect([await program.end(), program.stdout]).toEqual([1, '']);
    return program.stderr.trimEnd().split('\n');
  };

  it('prints at the first start where the console and the documentation are and how to log in, and nothing else', async () => {
    const program = await start();
    expect(program.stdout.split('\n')).toEqual([
      'Keywright is ready.',
      expect.stringMatching(/^ {2}Console {8}http:\/\/127\.0\.0\.1:\d+\/console$/),
      expect.stringMatching(/^ {2}Documentation {2}http:\/\/127\.0\.0\.1:\d+\/docs$/),
      '  User name      admin',
      expect.stringMatching(/^ {2}Password {7}\S{20,} {3}\(shown this once\)$/),
      '',
    ]);
    expect(program.stderr).toBe('');
    expect(await program.logIn(program.password)).toEqual(expect.any(String));
  });

  it('is ready in less than three seconds, even on an empty database', async () => {
    // What else the machine does can only slow a start down: the fastest of a few is the program's own.
    const times: number[] = [];
    for (const name of ['first', 'second', 'third']) {
      const program = await start({ DATABASE_URL: `sqlite:${folder}/${name}.sqlite` });
      expect(program.password).not.toBe('');
      times.push(program.readyMs);
      await program.end('SIGKILL');
    }
    expect(Math.min(...times)).toBeLessThan(3000 * slowness());
  });

  it('prints no password at the next start, and keeps the logins and keys of the first', async () => {
    const first = await start();
    const token = await first.logIn(first.password);
    const json = { name: 'A key', level: 1, expiresIn: 60 };
    const { key, secret } = (await first.call('POST', '/apikeys/jwt', { token, json })).body.apikey;
    const secrets = readFileSync(join(folder, 'data/secrets.json'), 'utf8');
    expect(await first.end('SIGTERM')).toBe(0);

    const second = await start();
    expect(second.stdout).toMatch(
      /^Keywright is ready\.\n {2}Console {8}http:\S+\/console\n {2}Documentation {2}http:\S+\/docs\n$/,
    );
    expect(readFileSync(join(folder, 'data/secrets.json'), 'utf8')).toBe(secrets);
    expect((await second.call('GET', '/whoami/jwt', { token })).status).toBe(200);
    expect((await second.call('GET', '/whoami/key', { basic: `${key}:${secret}` })).status).toBe(200);
    expect(await second.logIn(first.password)).toEqual(expect.any(String));
  });

  it('refuses a database whose secrets are gone, in one line', async () => {
    await (await start()).end('SIGTERM');
    rmSync(join(folder, 'data/secrets.json'));
    expect(await refused({})).toEqual([
      expect.stringMatching(
        /^Keywright cannot start: JWT_SECRET is not that of this database; KEY_PEPPERS is not .+; ENCRYPTION_KEYS is not /,
      ),
    ]);
  });

  it('prints no configured password', async () => {
    const program = await start({ ADMIN_PASSWORD: 'a given password', ADMIN_USERNAME: 'root' });
    expect(program.stdout).toMatch(/User name {6}root\n$/);
    expect(program.stdout + program.stderr).not.toContain('a given password');
  });

  it('stores generated secrets in a file that only its owner can read', async () => {
    await start();
    const file = join(folder, 'data/secrets.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const secrets = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
    expect(secrets.map(([name]) => name)).toEqual(['JWT_SECRET', 'KEY_PEPPERS', 'ENCRYPTION_KEYS']);
    expect(new Set(secrets.map(([, secret]) => secret)).size).toBe(3);
    for (const [, secret] of secrets) expect(secret.length).toBeGreaterThanOrEqual(32);
  });

  /** The problems that a start in production names, in its only line, which is JSON as every line of the log is. */
  async function problemsIn(variables: Record<string, string>): Promise<string[]> {
    const [line = '', ...others] = await refused({ NODE_ENV: 'production', ...variables });
    expect(others).toEqual([]);
    const { level, message } = JSON.parse(line) as { level: string; message: string };
    expect(level).toBe('fatal');
    return message.split('\n');
  }

  it('refuses to start in production without secrets and PUBLIC_URL, and names the missing ones', async () => {
    const [sentence, ...problems] = await problemsIn({ JWT_SECRET: SECRETS.JWT_SECRET });
    expect(sentence).toBe('Keywright cannot start:');
    expect(problems).toEqual([
      '  - KEY_PEPPERS is missing; it is required with NODE_ENV=production',
      '  - ENCRYPTION_KEYS is missing; it is required with NODE_ENV=production',
      '  - PUBLIC_URL is missing; it is required with NODE_ENV=production',
    ]);
    const [, ...all] = await problemsIn({});
    expect(all.map((line) => line.split(' ')[3])).toEqual([
      'JWT_SECRET',
      'KEY_PEPPERS',
      'ENCRYPTION_KEYS',
      'PUBLIC_URL',
    ]);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('refuses in production secrets that can be guessed, but for older ones that are still needed', async () => {
    const weak = 'a'.repeat(32);
    const [, ...problems] = await problemsIn({
      ...PRODUCTION,
      JWT_SECRET: `${SECRETS.JWT_SECRET},${weak}`,
      KEY_PEPPERS: `${'changeme'.repeat(4)},${SECRETS.KEY_PEPPERS}`,
      ENCRYPTION_KEYS: `${SECRETS.ENCRYPTION_KEYS},${weak}`,
    });
    expect(problems).toEqual([
      expect.stringMatching(/^ {2}- JWT_SECRET can be guessed: .+ openssl rand -hex 32$/),
      expect.stringMatching(/^ {2}- KEY_PEPPERS can be guessed: .+ openssl rand -hex 32$/),
    ]);
    const program = await start({ ...SECRETS, JWT_SECRET: weak });
    expect(program.stdout + program.stderr).toMatch(/JWT_SECRET can be guessed/);
    expect(program.stdout + program.stderr).not.toContain(weak);
  });

  it('lists every invalid setting, without showing secrets', async () => {
    const wrong = {
      ...SECRETS,
      JWT_SECRET: 'too short a one',
      PORT: '99999',
      DATABASE_URL: 'postgres://localhost/keywright',
      ADMIN_EMAIL: 'nobody',
      ADMIN_PASSWORD: 'x'.repeat(201),
      JWT_TTL_SECONDS: '1h',
      SERVICE_ID_TTL_SECONDS: '0',
      LOGIN_RATE_LIMIT_PER_MINUTE: '-1',
      REVEAL_CLIENT_SECRETS: 'maybe',
      SMTP_URL: 'http://mail',
      PUBLIC_URL: 'keywright',
      MAIL_FROM: 'Keywright',
      TRUSTED_PROXIES: '127.0.0.1,proxy',
      CLEANUP_SCHEDULE: '99 3 * * *',
      IDLE_DISABLE_AFTER_DAYS: '90',
      IDLE_DELETE_AFTER_DAYS: '60',
      KEY_MAX_LIFE_SECONDS: '60',
      KEY_DEFAULT_LIFE_SECONDS: '61',
    };
    const [sentence, ...problems] = await refused(wrong);
    expect(sentence).toBe('Keywright cannot start:');
    const right = ['KEY_PEPPERS', 'ENCRYPTION_KEYS', 'KEY_MAX_LIFE_SECONDS'];
    const names = Object.keys(wrong).filter((name) => !right.includes(name));
    expect(problems.map((line) => /^ {2}- (\w+)/.exec(line)?.[1]).sort()).toEqual(names.sort());
    expect(problems.join('\n')).not.toContain('too short a one');
    for (const line of [
      'JWT_SECRET must have 32 characters or more, in each entry',
      'PORT must be a whole number from 0 to 65535',
      'KEY_DEFAULT_LIFE_SECONDS must not be more than KEY_MAX_LIFE_SECONDS',
      'REVEAL_CLIENT_SECRETS must be true or false',
      'PUBLIC_URL must be an http or https URL without a query or fragment, like https://keys.shop.example',
    ])
      expect(problems).toContain(`  - ${line}`);
  });

  it('starts in production with its secrets, and prints none of them', async () => {
    const program = await start(PRODUCTION);
    expect(program.stdout).toContain('Set the password of the first account.');
    expect(existsSync(join(folder, 'data/secrets.json'))).toBe(false);
    for (const secret of Object.values(SECRETS)) {
      expect(program.stdout + program.stderr).not.toContain(secret);
      expect(readFileSync(join(folder, 'data/keywright.sqlite'), 'latin1')).not.toContain(secret);
    }
  });

  it('succeeds in three processes at once on an empty database', async () => {
    const programs = await Promise.all([start(), start(), start()]);
    const passwords = programs.map(({ password }) => password).filter(Boolean);
    expect(passwords).toHaveLength(1);
    const tokens = await Promise.all(programs.map((program) => program.logIn(passwords[0] ?? '')));
    for (const [index, program] of programs.entries()) {
      expect(program.stderr).toBe('');
      const token = tokens[(index + 1) % 3];
      const { status, body } = await program.call('GET', '/api/v1/merchants', { token });
      expect([status, body.totalItems]).toEqual([200, 1]);
    }
  });

  it('reports that its port is taken, and still prints the password of the account it has created', async () => {
    const { url } = await start();
    const elsewhere = { DATABASE_URL: `sqlite:${folder}/other.sqlite` };
    const program = Program.launch(folder, { PORT: new URL(url).port, ...elsewhere });
    running.push(program);
    expect(await program.end()).toBe(1);
    expect(program.stderr).toContain('EADDRINUSE');
    expect(program.stdout).toMatch(/^ {2}User name {6}admin\n {2}Password {7}\S+ {3}\(shown this once\)\n$/);
    expect(await (await start(elsewhere)).logIn(program.password)).toEqual(expect.any(String));
  });
});
