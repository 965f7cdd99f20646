/** Guarantees of `/docs`: served compressed and revalidated, in a page that nothing can be written into, and not at all with DOCS=false. */

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { refusal } from '../support/envelope.js';
import { receive } from '../support/http.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

const FILES = [
  '/docs',
  '/docs/initializer.js',
  '/docs/swagger-ui.css',
  '/docs/swagger-ui-bundle.js',
  '/docs/json',
  '/docs/yaml',
];

describe('served documentation', () => {
  let folder: string;
  let program: Program;
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder);
  });
  afterAll(async () => {
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  it.each(FILES)('sends %s in the coding that the client prefers, and once', async (path) => {
    const plain = await receive(program.url + path);
    expect([plain.status, plain.headers['content-encoding'], plain.headers.vary]).toEqual([
      200,
      undefined,
      'Accept-Encoding',
    ]);
    for (const [accepted, coding, decompress] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip;q=1.0, br;q=0', 'gzip', gunzipSync],
      ['br; q=0.000, *;q=0', undefined, (body: Buffer) => body],
    ] as const) {
      const { headers, body } = await receive(program.url + path, { 'accept-encoding': accepted });
      expect([headers['content-encoding'], decompress(body).equals(plain.body)]).toEqual([coding, true]);
      if (coding && plain.body.length > 1000) expect(body.length).toBeLessThan(plain.body.length * 0.7);
      const validator = { 'accept-encoding': accepted, 'if-none-match': `"other", W/${String(headers.etag)}` };
      const again = await receive(program.url + path, validator);
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
    }
  });

  it('is the committed document, in JSON and YAML', async () => {
    const document: unknown = JSON.parse(readFileSync('openapi.json', 'utf8'));
    expect(JSON.parse((await receive(`${program.url}/docs/json`)).body.toString())).toEqual(document);
    expect(load((await receive(`${program.url}/docs/yaml`)).body.toString())).toEqual(document);
  });

  it.each(FILES)('has %s revalidated, and typed as what it is', async (path) => {
    const { headers } = await receive(program.url + path);
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  it('allows the page no script of its own, no other server and no frame', async () => {
    const { headers, body } = await receive(`${program.url}/docs`);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy.join()).not.toMatch(/unsafe|https?:|\*/);
    expect(headers['x-frame-options']).toBe('DENY');
    expect(body.toString()).not.toMatch(/<script>|<style|style=|\son\w+=/);
  });

  it('is not there with DOCS=false', async () => {
    const elsewhere = newFolder();
    const without = await Program.start(elsewhere, { DOCS: 'false' });
    for (const path of FILES) {
      const { status, headers, text } = await without.call('GET', path);
      expect([status, headers['x-error-code'], JSON.parse(text)]).toEqual([404, 'route.not_found', refusal(path, 404)]);
    }
    expect(without.stdout).not.toContain('/docs');
    await without.end('SIGKILL');
    await removeFolder(elsewhere);
  });
});
