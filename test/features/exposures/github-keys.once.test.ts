/** Guarantees for GitHub's public keys: fetched when needed, at most once a minute, kept while their address is down, and never guessed. */

import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfig } from '../../../src/platform/config/config.js';
import { expectEnvelope } from '../../support/envelope.js';
import { TestServer } from '../../support/server.js';

const BODY = '[{"token":"x","type":"t","url":"","source":"content"}]';

const newPair = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve });
const listOf = (keys: Record<string, ReturnType<typeof newPair>>): string =>
  JSON.stringify({
    public_keys: Object.entries(keys).map(([name, { publicKey }]) => ({
      key_identifier: name,
      key: publicKey.export({ type: 'spki', format: 'pem' }),
    })),
  });

describe("GitHub's public keys from an address", () => {
  const keys = { first: newPair(), second: newPair() };
  let answer: (response: ServerResponse) => void;
  let fetches = 0;
  const github = createServer((_, response) => {
    fetches += 1;
    answer(response);
  });
  let server: TestServer;
  beforeAll(async () => {
    await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
    const { port } = github.address() as AddressInfo;
    server = await TestServer.start({ GITHUB_SECRET_SCANNING_KEYS: `http://127.0.0.1:${port}/keys` });
    // The server's own secrets are as many as `stop` wants to have seen.
    await server.newMerchant();
  });
  afterAll(async () => {
    await server.stop();
    await new Promise((resolve) => github.close(resolve));
  });
  beforeEach(() => {
    fetches = 0;
    server.clock.advance(61);
  });

  const send = (name: string, { privateKey }: ReturnType<typeof newPair>) =>
    server.call('POST', '/api/v1/exposures/github', {
      body: BODY,
      headers: {
        'content-type': 'application/json',
        'github-public-key-identifier': name,
        'github-public-key-signature': createSign('sha256').update(BODY).sign(privateKey, 'base64'),
      },
    });

  it.each<[string, (response: ServerResponse) => void]>([
    ['fails', (response) => response.writeHead(500).end('{}')],
    ['answers nonsense', (response) => response.end('<html>')],
    ['answers without an end', (response) => response.write('x'.repeat(100_000))],
    ['leads elsewhere', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['has keys of another curve', (response) => response.end(listOf({ first: newPair('P-384') }))],
  ])('cannot verify a signature while the address %s, and asks it once', async (_, misbehave) => {
    answer = misbehave;
    const answers = [await send('first', keys.first), await send('first', keys.first)];
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expectEnvelope('/api/v1/exposures/github', answers[0] as never);
    expect(fetches).toBe(1);
  });

  it('are fetched when needed, again for an unknown key id, and at most once a minute', async () => {
    answer = (response) => response.end(listOf({ first: keys.first }));
    const both = await Promise.all([send('first', keys.first), send('first', keys.first)]);
    expect([both.map(({ status }) => status), fetches]).toEqual([[202, 202], 1]);
    answer = (response) => response.end(listOf(keys));
    expect([(await send('second', keys.second)).status, fetches]).toEqual([403, 1]);
    server.clock.advance(61);
    expect([(await send('second', keys.second)).status, fetches]).toEqual([202, 2]);
    for (let forged = 0; forged < 5; forged += 1) expect((await send(`x${forged}`, keys.first)).status).toBe(403);
    expect(fetches).toBe(2);
  });

  it('remain known while the address does not answer', async () => {
    answer = (response) => response.writeHead(500).end();
    server.clock.advance(7200);
    expect([(await send('first', keys.first)).status, fetches]).toEqual([202, 1]);
  });

  it.each([
    '{}',
    '{"public_keys": []}',
    '{"public_keys": [{"key_identifier": "x", "key": "y"}]}',
    listOf({ x: newPair('P-384') }),
    'http://keys.example/',
    'ftp://127.0.0.1/',
    '/nowhere/keys.json',
  ])('stop the start when they are set to %s', (GITHUB_SECRET_SCANNING_KEYS) => {
    expect(() => loadConfig({ NODE_ENV: 'production', GITHUB_SECRET_SCANNING_KEYS })).toThrow(
      /GITHUB_SECRET_SCANNING_KEYS must be/,
    );
  });
});
