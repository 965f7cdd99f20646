/** Guarantees of `/console`: its files are served compressed, kept as long as they may be, under a policy that lets nothing else in. */

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { programWith } from '../../support/console-files.js';
import { fromConsole, SESSION } from '../../support/console-session.js';
import { refusal } from '../../support/envelope.js';
import { newFolder, Program, removeFolder } from '../../support/program.js';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

const PAGE =
  '<!doctype html><title>Keywright</title><script type="module" src="/console/assets/main-Ab12.js"></script>';
const SCRIPT = `console.log(${JSON.stringify(randomBytes(500).toString('hex'))});`.repeat(3);

const FILES = {
  'index.html': PAGE,
  'licenses.md': '# Licences',
  'assets/main-Ab12.js': SCRIPT,
  'assets/main-Cd34.css': 'body { margin: 0 }',
};

interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A request whose answer is kept as bytes. */
const receive = (url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Received> =>
  new Promise((resolve, reject) => {
    request(url, { headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end();
  });

const CODINGS = [
  ['gzip, deflate, br', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
  ['br;q=0', undefined, (body: Buffer) => body],
] as const;

describe('the served console', () => {
  const folders: string[] = [];
  const programs: Program[] = [];
  let program: Program;

  const start = async (files: Record<string, string> | null, variables: Record<string, string> = {}) => {
    const folder = newFolder();
    folders.push(folder);
    const main = programWith(folder, files);
    mkdirSync(join(folder, 'data'));
    const started = await Program.start(join(folder, 'data'), variables, main);
    programs.push(started);
    return started;
  };
  const get = (path: string, headers?: Record<string, string>, method?: string) =>
    receive(program.url + path, headers, method);

  beforeAll(async () => {
    program = await start(FILES);
  });
  afterAll(async () => {
    for (const one of programs) await one.end('SIGKILL');
    for (const folder of folders) await removeFolder(folder);
  });

  it('is where / leads to, and where the start says', async () => {
    const { status, headers } = await get('/');
    expect([status, headers.location]).toEqual([302, '/console']);
    expect(program.stdout).toContain(`${program.url}/console\n`);
  });

  it.each([
    '/console',
    '/console/',
    '/console/keys',
    '/console/keys/1?sort=name',
    '/console/sessions',
    '/console/index.html',
  ])('is the page at %s', async (path) => {
    const { status, headers, body } = await get(path);
    expect([status, headers['content-type'], body.toString()]).toEqual([200, 'text/html; charset=utf-8', PAGE]);
    const head = await get(path, {}, 'HEAD');
    expect([head.status, head.body.length, head.headers.etag]).toEqual([200, 0, headers.etag]);
  });

  it('has the page revalidated by its content', async () => {
    for (const [accepted, coding, decompress] of CODINGS) {
      const { headers, body } = await get('/console', { 'accept-encoding': accepted });
      expect([headers['content-encoding'], headers.vary, decompress(body).toString()]).toEqual([
        coding,
        'Accept-Encoding',
        PAGE,
      ]);
      expect([headers['cache-control'], headers.etag]).toEqual(['no-cache', expect.stringMatching(/^"[\w-]{22}/)]);
      const again = await get('/console/keys', { 'accept-encoding': accepted, 'if-none-match': String(headers.etag) });
      expect([again.status, again.body.length, again.headers['content-security-policy']]).toEqual([304, 0, POLICY]);
    }
    // Another build, of the same size and time.
    const other = await start({ ...FILES, 'index.html': PAGE.replace('Ab12', 'Ef56') });
    const held = String((await get('/console')).headers.etag);
    expect((await receive(`${other.url}/console`, { 'if-none-match': held })).status).toBe(200);
  });

  it.each([
    ['/console/assets/main-Ab12.js', SCRIPT, /^(text|application)\/javascript/, 'public, max-age=31536000, immutable'],
    ['/console/assets/main-Cd34.css', 'body { margin: 0 }', /^text\/css/, 'public, max-age=31536000, immutable'],
    ['/console/licenses.md', '# Licences', /^text\/markdown/, 'no-cache'],
  ])('sends %s as it was compressed beforehand', async (path, text, type, caching) => {
    for (const [accepted, coding, decompress] of CODINGS) {
      const { status, headers, body } = await get(path, { 'accept-encoding': accepted });
      expect([status, headers['content-encoding'], decompress(body).toString()]).toEqual([200, coding, text]);
      expect([headers['content-type'], headers['cache-control']]).toEqual([expect.stringMatching(type), caching]);
      expect(headers.vary?.toLowerCase()).toBe('accept-encoding');
      const head = await get(path, { 'accept-encoding': accepted }, 'HEAD');
      expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, String(body.length)]);
    }
  });

  it.each(['/console', '/console/keys', '/console/assets/main-Ab12.js', '/console/licenses.md'])(
    'lets nothing else in or around %s',
    async (path) => {
      expect((await get(path)).headers).toMatchObject({
        'content-security-policy': POLICY,
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    },
  );

  it.each([
    ['GET', '/console/assets/main-gone.js'],
    ['GET', '/console/assets/main-Ab12.js.br'],
    ['GET', '/console/assets/'],
    ['POST', '/console'],
    ['POST', '/console/keys'],
    ['PUT', '/console/assets/main-Ab12.js'],
    ['GET', '/consoles'],
  ])('is not there for %s %s', async (method, path) => {
    const { status, headers, body } = await get(path, {}, method);
    expect([status, headers['x-error-code'], JSON.parse(body.toString())]).toEqual([
      404,
      'route.not_found',
      refusal(path, 404),
    ]);
  });

  it.each([
    '/console/../package.json',
    '/console/%2e%2e/%2e%2e/package.json',
    '/console/..%2f..%2fpackage.json',
    '/console/assets/../../../package.json',
    '/console/assets/%2e%2e/index.html',
  ])('sends no file from beside it: %s', async (path) => {
    const { text, status } = await program.call('GET', path);
    expect([200, 400, 404]).toContain(status);
    expect(text).not.toContain('"dependencies"');
  });

  it('logs people in', async () => {
    const { password } = program;
    const opened = await program.call('POST', SESSION, fromConsole(undefined, { username: 'admin', password }));
    const cookie = String(opened.headers['set-cookie']).split(';', 1)[0];
    const who = await program.call('GET', '/whoami/jwt', fromConsole(cookie));
    expect([opened.status, who.status, who.body.account.username]).toEqual([200, 200, 'admin']);
  });

  it('is said not to be built by a server without it, which serves everything else', async () => {
    const without = await start(null);
    const { status, headers, body } = await receive(`${without.url}/console`);
    expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(body.toString()).toContain('npm run build');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect((await receive(`${without.url}/docs`)).status).toBe(200);
  });

  it('is not there with CONSOLE=false', async () => {
    const off = await start(FILES, { CONSOLE: 'false' });
    expect((await receive(`${off.url}/`)).headers.location).toBe('/docs');
    expect(off.stdout).not.toContain('/console');
    for (const [method, path] of [
      ['GET', '/console'],
      ['GET', '/console/'],
      ['GET', '/console/assets/main-Ab12.js'],
      ['POST', SESSION],
      ['DELETE', SESSION],
      ['GET', `${SESSION}/oidc`],
    ] as const) {
      const answer = await off.call(method, path, fromConsole(undefined, method === 'POST' ? {} : undefined));
      expect([path, answer.status, answer.headers['x-error-code']]).toEqual([path, 404, 'route.not_found']);
    }
  });
});
