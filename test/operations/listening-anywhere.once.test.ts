/** Guarantee: an IPv4 address is written as one, also where the server listens on IPv6 for both. */

import { newFolder, Program, removeFolder } from '../support/program.js';

const PASSWORD = 'correct horse battery 9';

describe('a server on ::', () => {
  let folder: string;
  let program: Program;
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder, {
      HOST: '::',
      PUBLIC_URL: 'http://keys.example',
      ADMIN_PASSWORD: PASSWORD,
      CONSOLE: 'false',
      DOCS: 'false',
    });
  });
  afterAll(async () => {
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  it('records a caller over IPv4 by its IPv4 address', async () => {
    const { port } = new URL(program.url);
    const call = async (method: string, path: string, token?: string, json?: object) => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: JSON.stringify(json) });
      return (await answer.json()) as Record<string, unknown>;
    };
    const { accessToken } = await call('POST', '/api/v1/auth/login', undefined, {
      username: 'admin',
      password: PASSWORD,
    });
    const token = String(accessToken);
    const { id } = await call('POST', '/api/v1/applications', token, { name: 'Shop' });
    const { items } = await call('GET', `/api/v1/audit-events?targetId=${String(id)}`, token);
    expect(items).toEqual([expect.objectContaining({ action: 'application.created', address: '127.0.0.1' })]);
  });
});

describe.each([
  ['::', 'localhost'],
  ['0.0.0.0', 'localhost'],
  ['::1', '[::1]'],
  ['127.0.0.1', '127.0.0.1'],
  ['localhost', 'localhost'],
])('a server on %s and a port of its own choice, without PUBLIC_URL', (host, name) => {
  let folder: string;
  let program: Program;
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder, { HOST: host, PORT: '0', ADMIN_PASSWORD: PASSWORD, DOCS: 'false' });
  });
  afterAll(async () => {
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  it('tells URLs in its OAuth metadata that lead to it', async () => {
    const { port } = new URL(program.url);
    const answer = await fetch(`http://${name}:${port}/.well-known/oauth-authorization-server`);
    const metadata = (await answer.json()) as Record<string, unknown>;
    const urls = Object.values(metadata).filter((value) => typeof value === 'string' && value.startsWith('http'));
    expect(metadata.issuer).toBe(`http://${name}:${port}`);
    expect(urls.length).toBeGreaterThan(3);
    for (const url of urls) expect(new URL(String(url)).origin).toBe(metadata.issuer);
    expect((await fetch(String(metadata.jwks_uri))).status).toBe(200);
  });
});
