/**
 * Guarantees of the blocks for nginx and Caddy in docs/operations.md, run by the real programs: over TLS everything works as without a proxy, no client
 * forges where it comes from, and over plain HTTP nothing is answered but a refusal.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CertificateAuthority, type Certificate } from '../support/certificates.js';
import { Daemon } from '../support/daemon.js';
import { send, type Answer } from '../support/http.js';
import { FORMAT, foreignKey, ndjson, sha256Row } from '../support/imports.js';
import { freePort } from '../support/mariadb.js';
import { provide } from '../support/packages.js';
import { TestServer, type User } from '../support/server.js';

const HOST = 'keys.shop.example';
const GUIDE = readFileSync('docs/operations.md', 'utf8');
const blockOf = (language: string): string =>
  new RegExp(`^\`\`\`${language}\n([^]+?)^\`\`\`$`, 'm').exec(GUIDE)?.[1] ?? '';

/** Replaces what readers replace; each of it must be there once. */
const replaced = (block: string, places: [from: string, to: string][]): string =>
  places.reduce((rest, [from, to]) => {
    expect([from, rest.split(from).length - 1]).toEqual([from, 1]);
    return rest.replaceAll(from, to);
  }, block);

/** A proxy, as it is started for a test. */
interface Proxy {
  name: string;
  program: string | null;
  /** Writes its configuration, and returns its arguments. */
  configure: (folder: string, ports: { tls: number; plain: number }, upstream: string, own: Certificate) => string[];
}

const PROXIES: Proxy[] = [
  {
    name: 'nginx',
    program: provide('nginx', 'nginx-light', 'nginx', '/usr/sbin/nginx'),
    configure(folder, { tls, plain }, upstream, { cert, key }) {
      const block = replaced(blockOf('nginx'), [
        ['127.0.0.1:3000', upstream],
        ['listen 80;', `listen 127.0.0.1:${plain};`],
        ['listen 443 ssl', `listen 127.0.0.1:${tls} ssl`],
        [`/etc/ssl/${HOST}.pem`, cert],
        [`/etc/ssl/${HOST}.key`, key],
      ]);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      );
      const file = join(folder, 'nginx.conf');
      writeFileSync(
        file,
        `pid ${folder}/pid;\nevents {}\nhttp {\naccess_log off;\n${temporary.join('\n')}\n${block}\n}\n`,
      );
      return ['-p', folder, '-c', file, '-e', join(folder, 'error.log'), '-g', 'daemon off;'];
    },
  },
  {
    name: 'Caddy',
    program: provide('Caddy', 'caddy', 'caddy'),
    configure(folder, { tls, plain }, upstream, { cert, key }) {
      const block = replaced(`\n${blockOf('caddyfile')}`, [
        ['127.0.0.1:3000', upstream],
        [`http://${HOST} {`, `http://${HOST}:${plain} {\n\tbind 127.0.0.1`],
        [`\n${HOST} {`, `\nhttps://${HOST}:${tls} {\n\tbind 127.0.0.1\n\ttls ${cert} ${key}`],
      ]);
      const file = join(folder, 'Caddyfile');
      writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${folder}\n}\n${block}`);
      return ['run', '--config', file, '--adapter', 'caddyfile'];
    },
  },
];

describe.each(PROXIES)('Keywright behind TLS by $name, as docs/operations.md says', ({ program, configure }) => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-tls-'));
  const plainAgent = new HttpAgent();
  let authority: CertificateAuthority;
  let server: TestServer;
  let proxy: Daemon | undefined;
  let ports: { tls: number; plain: number };
  let user: User;
  let application: string;
  beforeAll(async () => {
    if (program === null) return;
    authority = CertificateAuthority.create(folder, 'authority');
    const own = authority.issue('server', [`DNS:${HOST}`]);
    server = await TestServer.start({ TRUSTED_PROXIES: '127.0.0.1', PUBLIC_URL: `https://${HOST}` });
    user = await server.newMerchant();
    application = await server.newApplication(user);
    ports = { tls: await freePort(), plain: await freePort() };
    proxy = await Daemon.start(program, configure(folder, ports, new URL(server.url).host, own), ports.tls);
  });
  afterAll(async () => {
    await proxy?.stop();
    if (program !== null) await server.stop();
    plainAgent.destroy();
    rmSync(folder, { recursive: true });
  });

  const ask = (
    method: string,
    path: string,
    { from = '127.0.0.1', body, ...headers }: Record<string, string> & { from?: string; body?: string } = {},
  ): Promise<Pick<Answer, 'status' | 'headers' | 'text'>> =>
    new Promise((done, fail) => {
      const asked = request(
        {
          host: '127.0.0.1',
          port: ports.tls,
          servername: HOST,
          ca: readFileSync(authority.path),
          localAddress: from,
          agent: false,
          method,
          path,
          headers: { host: HOST, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }), ...headers },
        },
        (answer) =>
          void text(answer).then(
            (all) => done({ status: answer.statusCode ?? 0, headers: answer.headers, text: all }),
            fail,
          ),
      );
      asked.on('error', fail).end(body);
    });
  const here = program === null ? it.skip : it;

  here('answers over TLS, and says so to browsers', async () => {
    const { status, headers, text: ready } = await ask('GET', '/health/ready');
    expect([status, ready]).toEqual([200, expect.stringContaining('"status":"ok"')]);
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d+/);
  });

  here('lets the server see the client, whatever the client claims', async () => {
    const { fullKey } = await server.newFullKey(user, application, { allowedIps: ['127.0.0.2'] });
    const check = async (from: string, claimed: Record<string, string> = {}): Promise<number> =>
      (await ask('GET', '/api/v1/keys/check', { from, 'x-api-key': fullKey, ...claimed })).status;
    expect(await check('127.0.0.2')).toBe(204);
    expect(await check('127.0.0.1')).toBe(403);
    expect(await check('127.0.0.1', { 'x-forwarded-for': '127.0.0.2', 'x-real-ip': '127.0.0.2' })).toBe(403);
    expect(await check('127.0.0.1', { forwarded: 'for=127.0.0.2' })).toBe(403);
    const { headers } = await ask('GET', '/health/live', { 'x-request-id': 'forged-by-a-client' });
    expect(headers['x-request-id']).toMatch(/^[\da-f-]{32,36}$/);
  });

  here('lets an import of several megabytes through', async () => {
    const rows = Array.from({ length: 500 }, () => sha256Row(foreignKey()));
    const lines = ndjson({ format: FORMAT }, ...rows).replaceAll('}\n', `}${' '.repeat(5000)}\n`);
    const { status, text: results } = await ask('POST', '/api/v1/api-keys/import', {
      authorization: `Bearer ${user.token}`,
      'content-type': 'application/x-ndjson',
      body: lines,
    });
    expect([status, JSON.parse(results)]).toEqual([200, expect.objectContaining({ imported: rows.length, failed: 0 })]);
  });

  here('answers nothing over plain HTTP, and does not redirect there', async () => {
    const headers = { host: HOST, 'x-api-key': 'whatever' };
    for (const path of ['/api/v1/keys/check', '/health/live', '/']) {
      const answer = await send(plainAgent, `http://127.0.0.1:${ports.plain}`, 'GET', path, { headers });
      expect([answer.status, answer.headers.location]).toEqual([403, undefined]);
    }
  });

  here('offers TLS 1.2 and newer', () => {
    const connect = (version: string): string => {
      try {
        const args = ['s_client', '-connect', `127.0.0.1:${ports.tls}`, '-servername', HOST, version];
        return execFileSync('openssl', args, { input: '', stdio: ['pipe', 'pipe', 'pipe'], encoding: 'utf8' });
      } catch {
        return 'refused';
      }
    };
    expect(connect('-tls1_3')).toContain('TLSv1.3');
    expect(connect('-tls1_2')).toContain('TLSv1.2');
    expect(connect('-tls1_1')).toBe('refused');
  });
});
