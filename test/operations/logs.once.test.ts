/** Guarantees of the logs: JSON in production, one line per request with its id, and no credential, whatever is logged. */

import { join } from 'node:path';
import {
  formatFullKey,
  issueClientPair,
  issueFullKey,
  issuePersonalPair,
} from '../../src/api-keys/credentials/credential.js';
import { TABLES } from '../../src/entities.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { LogEntry } from '../../src/platform/observability/logs/log-entry.js';
import { JsonLogger } from '../../src/platform/observability/logs/json-logger.js';
import { LineLogger } from '../../src/platform/observability/logs/line-logger.js';
import { redact } from '../../src/platform/observability/logs/redaction.js';
import { PRODUCTION, SECRETS } from '../support/production.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

type Line = Record<string, unknown>;

/** Has the program crash when it gets the signal. */
const CRASH = `data:text/javascript,process.on('SIGUSR2',()=>{throw/**/Error('It%20crashes%20with%20ks_live_0123456789')})`;
const PASSWORD = 'a-good-password-of-somebody';

describe('logs in production', () => {
  let folder: string;
  let program: Program;
  let token: string;
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder, {
      ADMIN_PASSWORD: PASSWORD,
      TRUSTED_PROXIES: '127.0.0.1',
      NODE_OPTIONS: `--import=${CRASH}`,
      SMTP_URL: 'smtp://127.0.0.1:9',
      SIGNUP: 'open',
      ...PRODUCTION,
    });
    token = await program.logIn(PASSWORD);
  });
  afterAll(async () => {
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  const lines = (): Line[] =>
    program.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  /** What is logged of the request with this id; a line can come a moment after its answer. */
  const linesOf = async (requestId: unknown): Promise<Line[]> => {
    for (;;) {
      const found = lines().filter((line) => line.requestId === requestId);
      if (found.some(({ message }) => message === 'request')) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('are JSON line by line, from the start', () => {
    const [first, second] = lines();
    for (const line of lines())
      expect(line).toMatchObject({
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.+Z$/),
        message: expect.any(String),
      });
    expect(first).toMatchObject({
      message: 'Keywright is ready.',
      console: 'https://keys.example/console',
      documentation: 'https://keys.example/docs',
    });
    expect(second).toMatchObject({ message: 'The first account has been created.', username: 'admin' });
    expect(program.stderr).toBe('');
  });

  it('have a line for each request: who asked which route, what was answered and how long it took', async () => {
    const { body: own } = await program.call('GET', '/api/v1/merchants/me', { token });
    const { status, headers } = await program.call('GET', '/api/v1/audit-events?action=in-the-query', { token });
    expect(status).toBe(200);
    expect(await linesOf(headers['x-request-id'])).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        context: 'Requests',
        message: 'request',
        method: 'GET',
        route: '/api/v1/audit-events',
        status: 200,
        durationMs: expect.any(Number),
        requestId: headers['x-request-id'],
        merchantId: own.id,
        accountId: 1,
        keyId: null,
      },
    ]);
    const refused = await program.call('GET', '/api/v1/members/somebody');
    const [line] = await linesOf(refused.headers['x-request-id']);
    expect(line).toMatchObject({ route: '/api/v1/members/:id', status: 401 });
    expect(line).not.toHaveProperty('accountId');
    expect(program.stdout).not.toContain('in-the-query');
    expect(program.stdout).not.toContain('somebody');
  });

  it('have no line for verifications and health probes', async () => {
    const { body } = await program.call('POST', '/api/v1/api-keys', { token, json: { description: 'A key' } });
    const before = lines().length;
    expect((await program.call('GET', '/api/v1/keys/check', { token: body.fullKey })).status).toBe(204);
    expect((await program.call('GET', '/api/v1/keys/check', { token: 'garbage' })).status).toBe(401);
    for (const path of ['/health/live', '/health/ready', '/metrics']) await program.call('GET', path);
    const last = await program.call('GET', '/api/v1/merchants/me', { token });
    await linesOf(last.headers['x-request-id']);
    expect(lines().slice(before + Number(lines()[before]?.route === '/api/v1/api-keys'))).toHaveLength(1);
  });

  it('name the request beside a failure', async () => {
    const url = `sqlite:${join(folder, 'data/keywright.sqlite')}`;
    const source = await createDataSource(url, TABLES).initialize();
    await source.query('ALTER TABLE application RENAME TO application_lost');
    const { status, headers } = await program.call('GET', '/api/v1/applications', { token });
    await source.query('ALTER TABLE application_lost RENAME TO application');
    await source.destroy();
    expect(status).toBe(500);
    const [error, request] = await linesOf(headers['x-request-id']);
    expect(error).toMatchObject({
      level: 'error',
      method: 'GET',
      route: '/api/v1/applications',
      message: expect.stringContaining('no such table'),
      stack: expect.stringContaining('QueryFailedError'),
    });
    expect(request).toMatchObject({ level: 'info', status: 500 });
  });

  it('take the request id of a trusted proxy, if it is valid', async () => {
    const idOf = async (headers: Record<string, string>, from?: string): Promise<unknown> =>
      (await program.call('GET', '/health/live', { headers, from })).headers['x-request-id'];
    const forwarded = { 'x-forwarded-for': '203.0.113.7' };
    const own = /^[0-9a-f-]{19}[0-9a-z]+$/;
    expect(await idOf({ ...forwarded, 'x-request-id': 'from-the-proxy.1' })).toBe('from-the-proxy.1');
    for (const bad of ['with a gap', 'x'.repeat(37), 'a"b', '', '{}'])
      expect(await idOf({ ...forwarded, 'x-request-id': bad })).toMatch(own);
    expect(await idOf({ 'x-request-id': 'from-anybody' })).toMatch(own);
    expect(await idOf({ ...forwarded, 'x-request-id': 'from-elsewhere' }, '127.0.0.2')).toMatch(own);
    const refused = await program.call('GET', '/api/v1/keys/check');
    expect([refused.status, refused.headers['x-request-id']]).toEqual([401, expect.stringMatching(own)]);
  });

  it('name the request for which a mail could not be sent', async () => {
    const { headers } = await program.call('POST', '/signup', { json: { email: 'a@person.example', language: 'en' } });
    let found: Line[] = [];
    // The mail server is asked after the answer.
    while (!found.some(({ context }) => context === 'Mail')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      found = await linesOf(headers['x-request-id']);
    }
    expect(found).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: expect.stringMatching(
          /^"Your Keywright account" could not be sent: .+ECONNREFUSED.+ The next attempt/,
        ),
      }),
    );
  });

  it('give the reason of a crash in JSON', async () => {
    expect(await program.end('SIGUSR2')).toBe(1);
    const [line, ...others] = program.stderr.trimEnd().split('\n');
    expect(others).toEqual([]);
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 'fatal',
      message: expect.stringMatching(/^Error: It crashes with ks_live_\[redacted\]\n +at /),
    });
  });

  it('contain no credential after all this', () => {
    for (const secret of [token, PASSWORD, 'ks_live_0', ...Object.values(SECRETS)])
      expect(program.stdout + program.stderr).not.toContain(secret);
  });
});

describe('logs for people', () => {
  const entry = new LogEntry('Two\nlines', { route: '/x' }, 'Error: a\n    at b');
  const written = (isTerminal: boolean, log: (logger: LineLogger) => void, noColor?: string): string => {
    const before = process.env.NO_COLOR;
    delete process.env.NO_COLOR;
    if (noColor !== undefined) process.env.NO_COLOR = noColor;
    const streams = [process.stdout, process.stderr];
    let text = '';
    for (const stream of streams)
      Object.assign(stream, { write: (chunk: unknown) => Boolean((text += String(chunk))) });
    try {
      log(new LineLogger(['log', 'error'], undefined, isTerminal));
    } finally {
      for (const stream of streams) Reflect.deleteProperty(stream, 'write');
    }
    delete process.env.NO_COLOR;
    if (before !== undefined) process.env.NO_COLOR = before;
    return text;
  };
  const HEAD = String.raw`^\[Keywright\] \d+  - \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z +`;

  it('have one line for an entry, an ISO time and no colours where no terminal is', () => {
    const text = written(false, (logger) => logger.log(entry, 'Context'));
    expect(text).toMatch(
      new RegExp(`${HEAD}LOG \\[Context\\] Two \\\\n lines route=/x \\\\n Error: a \\\\n     at b\n$`),
    );
    const failed = written(false, (logger) => logger.error('It failed', 'Error: a\n    at b', 'Context'));
    expect(failed).toMatch(new RegExp(`${HEAD}ERROR \\[Context\\] It failed \\\\n Error: a \\\\n     at b\n$`));
  });

  it('have colours on a terminal, unless NO_COLOR is set, and lines as they are', () => {
    const log = (logger: LineLogger): void => logger.log('Two\nlines', 'Context');
    expect(written(true, log)).toMatch(/\u001b\[\d+m[^]+Two\nlines/);
    expect(written(true, log, '1')).toMatch(new RegExp(`${HEAD}LOG \\[Context\\] Two\nlines\n$`));
  });

  it('contain no credential', () => {
    expect(written(false, (logger) => logger.log('password: swordfish'))).toContain('password: [redacted]');
  });
});

describe('the logger', () => {
  const personal = issuePersonalPair();
  const client = issueClientPair();
  const fullKey = formatFullKey(issueFullKey('live'));
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
  /** What must not be seen, and texts in which it could come. */
  const HIDDEN: [secret: string, texts: unknown[]][] = [
    [
      fullKey.slice(8),
      [fullKey, `The key ${fullKey} is good`, { deep: [{ key: fullKey }] }, new Error(`No ${fullKey}`)],
    ],
    [personal.secret, [`${personal.publicId}:${personal.secret}`, { secret: personal.secret }, [personal.secret]]],
    [client.secret, [{ apisecret: client.secret }, JSON.stringify({ apisecret: client.secret })]],
    [
      'c2VjcmV0LW9mLWEtd2ViaG9vaw',
      ['whsec_c2VjcmV0LW9mLWEtd2ViaG9vaw==', { signing: 'whsec_c2VjcmV0LW9mLWEtd2ViaG9vaw==' }],
    ],
    ['c2lnbmF0dXJl', [jwt, `token ${jwt}.`, { jwt }, { headers: { authorization: `Bearer ${jwt}` } }]],
    [
      'b3BhcXVl',
      ['Authorization: Bearer b3BhcXVl', { headers: { Authorization: 'Basic b3BhcXVl' } }, 'basic b3BhcXVl='],
    ],
    [
      'oatmeal',
      [
        'Cookie: a=b; session=oatmeal; c="d"\nHost: x',
        { cookie: 'session=oatmeal' },
        { 'set-cookie': ['s="oatmeal"]'] },
      ],
    ],
    [
      'hunter2',
      ['mysql://root:hunter2@db/keywright', { url: 'smtps://me@x:hunter2@mail' }, 'redis://:hunter2@cache:6379'],
    ],
    [
      'swordfish',
      [
        { password: 'a"swordfish' },
        { user: { newPassword: 'x', password: 'a\\"b swordfish' } },
        "{ password: 'swordfish' }",
      ],
    ],
    [
      'swordfish',
      [
        JSON.stringify({ body: JSON.stringify({ password: 'a"swordfish' }) }),
        'password=swordfish&x=1',
        'Password: swordfish',
        "password: \u001b[32m'swordfish'\u001b[39m",
      ],
    ],
    [
      'swordfish',
      [
        { client_secret: 'swordfish' },
        { access_token: 'swordfish' },
        { accessToken: 'swordfish' },
        { fullKey: 'swordfish' },
      ],
    ],
  ];
  /** The same within an address that is a part of another one. */
  for (const [secret, text] of [
    [fullKey.slice(8), `key=${fullKey}`],
    [personal.secret, `key=${personal.publicId}:${personal.secret}`],
    ['c2lnbmF0dXJl', `a b${jwt}`],
    ['b3BhcXVl', 'authorization=Bearer b3BhcXVl'],
    ['swordfish', 'x=1&client_secret=swordfish&password=swordfish'],
  ] as const)
    HIDDEN.push([secret, [`GET /?next=${encodeURIComponent(`https://shop.example/?${text}`)}`]]);
  const CASES = HIDDEN.flatMap(([secret, texts]) => texts.map((text): [string, unknown] => [secret, text]));

  const written: string[] = [];
  const logger = new JsonLogger('debug', { write: (line: string) => void written.push(line) });
  const lineOf = (log: () => void): string => {
    written.length = 0;
    log();
    expect(written).toHaveLength(1);
    return written[0] ?? '';
  };

  it.each(CASES)('redacts %s: %p', (secret, text) => {
    const logs = [
      () => logger.warn(text, 'Context'),
      () => logger.error('It failed', text, 'Context'),
      () => logger.error(text),
      () => logger.log(new LogEntry('It is so', { text })),
      () => logger.log(new LogEntry(String(text), {}, String(text))),
    ];
    for (const log of logs) {
      const line = lineOf(log);
      expect(line).not.toContain(secret);
      expect(JSON.parse(line)).toHaveProperty('level');
    }
    expect(redact(typeof text === 'string' ? text : JSON.stringify(text))).not.toContain(secret);
  });

  it.each([
    'POST /api/v1/api-keys: Error: no such table: api_key',
    'The signing key f7fa38ec-0e19-405c-820f-bf65912ab4ec checks tokens and signs none.',
    'SMTP_URL is not set. To a@b.example: Welcome\nhttp://127.0.0.1:3000/api/v1/members/signup?token=0123456789abcdef',
    'http://127.0.0.1:3000/docs and mysql://db:3306/keywright at 12:30',
  ])('does not redact %s', (text) => {
    expect(redact(text)).toBe(text);
    expect(JSON.parse(lineOf(() => logger.warn(text, 'Context')))).toMatchObject({ message: text, context: 'Context' });
  });

  it('is fast for any input', () => {
    const start = performance.now();
    for (const text of ['a.', 'a:', 'secret', '\\', '"', 'eyJ', 'http://', '[', 'password:"\\'])
      redact(text.repeat(20_000));
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('logs nothing below its level', () => {
    const quiet = new JsonLogger('error', { write: (line: string) => void written.push(line) });
    written.length = 0;
    quiet.warn('Nobody wants to know');
    quiet.log('Nobody wants to know');
    quiet.error('Somebody wants to know');
    expect(written.map((line) => (JSON.parse(line) as Line).message)).toEqual(['Somebody wants to know']);
  });
});
