/**
 * Guarantees of `/console`: the built files, compressed beforehand and cached as long as they may be, the page at every path that is no file, under
 * a policy that lets it talk to this server alone; and nothing of it with CONSOLE=false.
 */

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { refusal } from '../support/envelope.js';
import { receive } from '../support/http.js';
import { freePort } from '../support/mariadb.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

const PAGE = `<!doctype html><title>Keywright</title>${'<p>The console.</p>'.repeat(100)}`;
const SCRIPT = `console.log('${'hashed '.repeat(200)}');`;
const SCRIPT_PATH = '/console/assets/index-BP8IvCni.js';

/** What a build leaves: each file beside its compressed forms, which differ from what the server would make of it. */
const BUILT: Record<string, string> = {
  'index.html': PAGE,
  'licenses.md': 'The licenses of the packages.\n',
  'assets/index-BP8IvCni.js': SCRIPT,
  'assets/icon-DJl5fzP2.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

/** Installs the built program in a folder, as a package is, with the files of a console. @returns its main file */
function install(folder: string, files: Record<string, string>): string {
  mkdirSync(join(folder, 'dist/src'), { recursive: true });
  for (const part of ['package.json', 'dist/src/main.js', 'dist/src/bundle'])
    cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, 'dist/console', name);
    mkdirSync(dirname(file), { recursive: true });
    for (const [end, content] of [
      ['', text],
      ['.br', brotliCompressSync(text)],
      ['.gz', gzipSync(text)],
    ] as const)
      writeFileSync(`${file}${end}`, content);
  }
  return join(folder, 'dist/src/main.js');
}

describe('the served console', () => {
  const folders: string[] = [];
  const programs: Program[] = [];
  let program: Program;
  let main: string;
  beforeAll(async () => {
    const root = newFolder();
    folders.push(root);
    main = install(root, BUILT);
    program = await start();
  });
  afterAll(async () => {
    for (const each of programs) await each.end('SIGKILL');
    for (const folder of folders) await removeFolder(folder);
  });

  async function start(variables: Record<string, string> = {}, file = main): Promise<Program> {
    const folder = newFolder();
    folders.push(folder);
    const started = await Program.start(folder, variables, file);
    programs.push(started);
    return started;
  }
  const get = (path: string, headers: Record<string, string> = {}) => receive(`${program.url}${path}`, headers);

  it.each([
    '/console',
    '/console/',
    '/console/keys',
    '/console/keys/5?tab=usage',
    '/console/a/b.c',
    '/console/index.html',
  ])('sends the page at %s, which is revalidated', async (path) => {
    const { status, headers, body } = await get(path);
    expect([status, body.toString()]).toEqual([200, PAGE]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    const again = await get(path, { 'if-none-match': String(headers.etag) });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
    expect(again.headers['content-security-policy']).toBe(POLICY);
  });

  it.each(['/console', SCRIPT_PATH])('sends %s in the coding that the client prefers', async (path) => {
    const plain = await get(path);
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const [accepted, coding, decompress] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
    ] as const) {
      const { headers, body } = await get(path, { 'accept-encoding': accepted });
      expect([headers['content-encoding'], decompress(body).equals(plain.body)]).toEqual([coding, true]);
      expect(headers.vary).toMatch(/accept-encoding/i);
      expect(body.length).toBeLessThan(plain.body.length / 2);
    }
  });

  it('has files with a hash in their names kept for ever, and only those', async () => {
    for (const [path, text, type, caching] of [
      [SCRIPT_PATH, SCRIPT, /^(text|application)\/javascript; charset=utf-8$/, 'public, max-age=31536000, immutable'],
      [
        '/console/assets/icon-DJl5fzP2.svg',
        BUILT['assets/icon-DJl5fzP2.svg'],
        /^image\/svg\+xml/,
        'public, max-age=31536000, immutable',
      ],
      ['/console/licenses.md', BUILT['licenses.md'], /^text\/markdown/, 'no-cache'],
    ] as const) {
      const { status, headers, body } = await get(path);
      expect([path, status, body.toString()]).toEqual([path, 200, text]);
      expect(headers['content-type']).toMatch(type);
      expect(headers).toMatchObject({
        'cache-control': caching,
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it.each(['/console', '/console/keys', SCRIPT_PATH])(
    'answers HEAD of %s with the same headers and no body',
    async (path) => {
      const [sent, head] = [await program.call('GET', path), await program.call('HEAD', path)];
      const changing = { date: expect.anything(), 'x-request-id': expect.anything() };
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers).toEqual({ ...sent.headers, ...changing });
    },
  );

  it.each([
    '/console/assets/index-older.js',
    '/console/assets/',
    `${SCRIPT_PATH}.br`,
    '/console/assets/..%2f..%2f..%2fpackage.json',
    '/console/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
  ])('sends neither the page nor a file at %s', async (path) => {
    const { status, headers, text } = await program.call('GET', path);
    expect([status, headers['x-error-code']]).toEqual([404, 'route.not_found']);
    expect(JSON.parse(text)).toEqual(refusal(path, 404));
    expect(headers['cache-control']).toBe('no-store');
  });

  it('takes no other method than GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of ['/console', '/console/keys', SCRIPT_PATH])
        expect([method, path, (await program.call(method, path)).status]).toEqual([method, path, 404]);
  });

  it('is where / leads, and what the program tells of at its start', async () => {
    const { status, headers } = await program.call('GET', '/');
    expect([status, headers.location]).toEqual([302, '/console']);
    expect(program.stdout).toContain(`\n  Console        ${program.url}/console\n`);
    expect((await program.call('GET', '/docs')).status).toBe(200);
  });

  it('is found by / behind a proxy that adds a path', async () => {
    const port = String(await freePort());
    const below = await start({ PUBLIC_URL: 'https://shop.example/keys/', PORT: port });
    expect((await receive(`http://127.0.0.1:${port}/`)).headers.location).toBe('/keys/console');
    expect(below.stdout).toContain('  Console        https://shop.example/keys/console\n');
  });

  it('is not there with CONSOLE=false, when / leads to the documentation, if there is any', async () => {
    const without = await start({ CONSOLE: 'false' });
    for (const path of ['/console', '/console/keys', SCRIPT_PATH, '/console/session/oidc'])
      expect([path, (await without.call('GET', path)).status]).toEqual([path, 404]);
    expect((await without.call('GET', '/')).headers.location).toBe('/docs');
    expect(without.stdout).not.toContain('/console');
    const neither = await start({ CONSOLE: 'false', DOCS: 'false' });
    const { status, headers } = await neither.call('GET', '/');
    expect([status, headers['x-error-code']]).toEqual([404, 'route.not_found']);
  });

  it('is a page that says so where it has not been built', async () => {
    const root = newFolder();
    folders.push(root);
    const unbuilt = await start({}, install(root, {}));
    for (const path of ['/console', '/console/keys', SCRIPT_PATH]) {
      const { status, headers, text } = await unbuilt.call('GET', path);
      expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
      expect(text).toContain('The console is not built');
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    }
    expect((await unbuilt.call('GET', '/docs')).status).toBe(200);
  });
});
