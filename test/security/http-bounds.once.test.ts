/** Guarantees of the protocol around a request: what is too large, endless, of the wrong type or ambiguous is refused in the envelope. */

import { connect } from 'node:net';
import { expectEnvelope, JSON_TYPE, refusal } from '../support/envelope.js';
import { OPERATIONS } from '../support/operations.js';
import { parseAnswer, sendRaw } from '../support/raw.js';
import { TestServer } from '../support/server.js';
import { SURFACES } from '../support/surfaces.js';

const ID = '00000000-0000-4000-8000-000000000000';

describe('HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.shared();
  });
  afterAll(() => server.stop());

  describe.each(SURFACES)('$surface', ({ elsewhere, guarded: [, path] }) => {
    it.each([
      ['a header', `GET ${path} HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`],
      ['a query', `GET ${path}?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ])('answers %s that is too long with 431', async (_, bytes) => {
      const answer = await sendRaw(server.url, bytes);
      expect([answer.status, answer.headers['x-error-code'], answer.headers['content-type']]).toEqual([
        431,
        'request.head_too_large',
        JSON_TYPE,
      ]);
      expectEnvelope(path, answer);
    });

    it.each([
      ['no Host', ''],
      ['two Hosts', 'Host: a.example\r\nhost: b.example\r\n'],
      ['the same Host twice', 'Host: a.example\r\nHost: a.example\r\n'],
    ])('answers %s with 400', async (_, hosts) => {
      for (const target of [path, elsewhere, `http://a.example${path}`]) {
        const answer = await sendRaw(server.url, `GET ${target} HTTP/1.1\r\n${hosts}X-A: b\r\n\r\n`);
        expect([answer.status, answer.headers.connection]).toEqual([400, 'close']);
        expect(answer.body).toEqual(refusal(path, 400));
      }
    });

    it('needs no Host in HTTP/1.0, and lets an unknown expectation be', async () => {
      for (const bytes of [
        `GET ${elsewhere} HTTP/1.0\r\n\r\n`,
        `GET ${elsewhere} HTTP/1.1\r\nHost: x\r\nExpect: the unexpected\r\nConnection: close\r\n\r\n`,
      ]) {
        const answer = await sendRaw(server.url, bytes);
        expect([answer.status, answer.body]).toEqual([404, refusal(path, 404)]);
      }
    });
  });

  it.each(['', 'Host: a.example\r\nHost: b.example\r\n'])('checks no key with the hosts %j', async (hosts) => {
    const answer = await sendRaw(server.url, `GET /api/v1/keys/check HTTP/1.1\r\n${hosts}\r\n`);
    expect([answer.status, answer.body]).toEqual([400, refusal('/api/v1', 400)]);
  });

  it.each(OPERATIONS.filter(({ body }) => body !== null))(
    '$method $path answers a body of another type with 415',
    async ({ method, path }) => {
      const target = path.replaceAll(/\{\w+\}/g, ID);
      for (const type of [
        'text/plain',
        'application/xml',
        'application/json-seq',
        'multipart/form-data; boundary=x',
        '',
      ]) {
        const headers = { 'content-type': type };
        const answer = await server.call(method, target, { token: server.admin.token, headers, body: '{}' });
        expectEnvelope(target, answer);
        expect([type, answer.status]).toEqual([type, 415]);
      }
    },
  );

  it.each([
    ['a line without an end', 'x'.repeat(64 * 1024), 1024 * 1024],
    ['lines without an end', `${'x'.repeat(1023)}\n`.repeat(64), 160 * 1024 * 1024],
  ])('stops reading an import of %s', async (_, piece, atMost) => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST /api/v1/api-keys/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.admin.token}\r\n` +
        'Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    socket.write(chunk('{"format": {"prefix": "endless_", "length": 42}}\n'));
    let sent = 0;
    while (!socket.destroyed && sent < 4 * atMost) {
      if (!socket.write(chunk(piece)))
        await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
      sent += piece.length;
    }
    socket.end();
    await closed;
    const answer = parseAnswer(Buffer.concat(chunks).toString());
    expect([answer.status, answer.headers.connection]).toEqual([413, 'close']);
    expectEnvelope('/api/v1/api-keys/import', answer);
    // What the sockets hold comes on top of what the server has read.
    expect(sent).toBeLessThan(atMost + 16 * 1024 * 1024);
  });
});
