/**
 * Guarantees that a request is answered alike whoever reads its connection: the reader of plain requests, or Node's parser. A connection is Node's
 * once it has asked for something that is no verification.
 */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAnswer } from '../support/raw.js';
import { TestServer } from '../support/server.js';

/** How long a connection may take to begin its answer, and how long it says nothing more once it has ended, in milliseconds. */
const FIRST_MS = 3000;
const SILENT_MS = 500;

/** Headers that depend on the moment. */
const OF_MOMENT = ['date', 'ratelimit', 'x-request-id', 'content-length'];

/** How many connections are open at once. */
const AT_ONCE = 60;

const OTHER_ROUTE = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';

/** Lines between the headers of a request. */
const HEADERS = [
  'X-A: b',
  'X-A:b',
  'X-A:  b',
  'X-A: b ',
  'X-A:\tb',
  'X-A: b\tc',
  'X-A: b  c',
  'X-A:',
  'X-A: ',
  'X-A : b',
  ' X-A: b',
  'X-A: b\r\n c',
  'X-A: b\n',
  'X-A: b\r',
  'X-A',
  ': b',
  'X-A: b\x00',
  'X-A: \x7f',
  'X-A: \xe4',
  'X-\xe4: a',
  'X-A: \xa0',
  'X(A): b',
  '__proto__: a',
  'constructor: a',
  'toString: a',
  'Host: y',
  'host: x',
  'HOST: x',
  'Connection: close',
  'Connection: Close',
  'Connection: Keep-Alive',
  'Connection: keep-alive, close',
  'Connection: upgrade',
  'Connection:',
  'Connection: TE\r\nTE: trailers',
  'Upgrade: websocket',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Expect: 100-continue',
  'Expect: else',
  'Expect:',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding:',
  'Transfer-Encoding : chunked',
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: 0x5',
  'Content-Length: +5',
  'Content-Length: -5',
  'Content-Length: 5, 5',
  'Content-Length: 99999',
  'Content-Length: 999999999999999999999',
  'Content-Length:',
  'content-length: 00',
  'Content-Type: text/plain',
  'Content-Type: application/json',
  'Content-Type: /',
  'Authorization: Bearer x',
  'authorization: Basic eDp5',
  'X-API-Key: x',
  'X-API-Key: x\r\nX-API-Key: y',
  'x-api-key:',
  'X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2',
  'Cookie: a=b\r\nCookie: c=d',
  'User-Agent: a\r\nUser-Agent: b',
  'X-Forwarded-Proto: http',
  'X-Original-URI: /?api_key=x',
  'Origin: https://x.example',
];

/** Sends pieces on a connection, and returns all that comes back until nothing more does. */
class Client {
  private received = '';
  private isClosed = false;
  private readonly socket: Socket;

  constructor(base: string) {
    const { hostname, port } = new URL(base);
    this.socket = connect({ port: Number(port), host: hostname, noDelay: true });
    this.socket.on('data', (chunk) => (this.received += chunk.toString('latin1'))).on('error', () => undefined);
    this.socket.on('close', () => (this.isClosed = true));
  }

  async send(...pieces: Buffer[]): Promise<{ received: string; isClosed: boolean }> {
    this.received = '';
    for (const piece of pieces) {
      this.socket.write(piece);
      if (pieces.length > 1) await sleep(5);
    }
    const startMs = performance.now();
    while (!this.isClosed && this.received === '' && performance.now() - startMs < FIRST_MS) await sleep(20);
    let seen = -1;
    while (!this.isClosed && seen !== this.received.length) {
      seen = this.received.length;
      await sleep(SILENT_MS);
    }
    return { received: this.received, isClosed: this.isClosed };
  }

  /** Sends nothing more. */
  end(): void {
    this.socket.end();
  }

  close(): void {
    this.socket.destroy();
  }
}

/** What of some answers does not depend on the moment. */
function lasting({ received, isClosed }: { received: string; isClosed: boolean }) {
  const answers = received.split(/(?=HTTP\/1\.1 \d{3} )/).map((answer) => {
    const { status, headers, text } = parseAnswer(answer);
    const others = Object.entries(headers).filter(([name]) => !OF_MOMENT.includes(name));
    // Remaining numbers differ from request to request.
    return {
      status,
      names: Object.keys(headers).sort(),
      others: Object.fromEntries(others),
      text: text.replaceAll(/"remaining":\d+|"resetSeconds":\d+/g, ''),
    };
  });
  return { answers, isClosed };
}

/** A generator of numbers below 1 that are the same in each run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('the two readers of requests', () => {
  let server: TestServer;
  let key: string;
  let check: string;
  let verify: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    const user = await server.newMerchant();
    const rateLimit = { limit: 1_000_000, windowSeconds: 3600 };
    const metadata = { city: 'Zürich' };
    ({ fullKey: key } = await server.newFullKey(user, await server.newApplication(user), { rateLimit, metadata }));
    const body = JSON.stringify({ key });
    check = `GET /api/v1/keys/check HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`;
    verify = `POST /api/v1/keys/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  });
  afterAll(() => server.stop());

  /** Does `work` with each item, some at once. */
  const forEach = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
    const queue = [...items];
    const run = async (): Promise<void> => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, run));
  };

  const answerTo = async (pieces: readonly Buffer[], isNodes: boolean, isEnd = false) => {
    const client = new Client(server.url);
    try {
      if (isNodes) expect((await client.send(Buffer.from(OTHER_ROUTE))).received).toMatch(/^HTTP\/1\.1 200 /);
      if (isEnd) setImmediate(() => client.end());
      return lasting(await client.send(...pieces));
    } finally {
      client.close();
    }
  };

  const expectAlike = async (sent: string | Buffer): Promise<void> => {
    const bytes = Buffer.isBuffer(sent) ? sent : Buffer.from(sent, 'latin1');
    const [plain, nodes] = await Promise.all([answerTo([bytes], false), answerTo([bytes], true)]);
    expect([sent.toString('latin1'), plain]).toEqual([sent.toString('latin1'), nodes]);
  };

  /** Requests with a header more. */
  const withHeader = (lines: string): string[] =>
    [check, verify].map((request) => request.replace('Host: x\r\n', `Host: x\r\n${lines}\r\n`));

  it('answers the request itself, and another one after it', async () => {
    for (const request of [check, verify])
      for (const isNodes of [false, true]) {
        const client = new Client(server.url);
        if (isNodes) await client.send(Buffer.from(OTHER_ROUTE));
        for (const round of [1, 2]) {
          const { received, isClosed } = await client.send(Buffer.from(request));
          expect([round, received.slice(0, 11), isClosed]).toEqual([
            round,
            expect.stringMatching(/^HTTP\/1\.1 20/),
            false,
          ]);
        }
        client.close();
      }
  });

  it('reads the connections of plain requests before Node does, also after a refusal, until they ask for something else', async () => {
    const refused = check.replace(key, `${key.slice(0, -1)}~`);
    const ambiguous = check.replace('Host: x\r\n', 'Host: x\r\nX-API-Key: a\r\nX-API-Key: b\r\n');
    const accepted = once(server.app.getHttpServer(), 'connection') as Promise<[Socket & { parser?: unknown }]>;
    const client = new Client(server.url);
    const [socket] = await accepted;
    const isNodes = (): boolean => socket.parser !== undefined;
    for (const [request, status] of [
      [check, 204],
      [verify, 200],
      [refused, 401],
      [ambiguous, 400],
      [check, 204],
    ] as const) {
      const { received } = await client.send(Buffer.from(request));
      expect([received.slice(9, 12), isNodes()]).toEqual([String(status), false]);
    }
    await client.send(Buffer.from(OTHER_ROUTE));
    expect(isNodes()).toBe(true);
    client.close();
  });

  it('answers requests with every kind of header alike', async () => {
    await forEach(HEADERS.flatMap(withHeader), expectAlike);
  });

  it('answers every method and every spelling of the first line alike', async () => {
    const methods = [
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'CONNECT',
      'M-SEARCH',
      'get',
      'FOO',
      'GE T',
      '',
    ];
    const targets = [
      '/api/v1/keys/check',
      '/api/v1/keys/verify',
      '/api/v1/keys/check?',
      '/api/v1/keys/check?level=1',
      '/api/v1/keys/check?level=9',
      '/api/v1/keys/check?api_key=x',
      '/api/v1/keys/check/',
      '//api/v1/keys/check',
      '/api/v1/keys/%63heck',
      '/api/v1/keys/check#a',
      'http://x/api/v1/keys/check',
      '*',
      '',
      '/\xe4',
      '/api/v1/keys/check\t',
      '/api/v1/keys/verify?key=x',
      '/api/v1/keys/verify-batch',
    ];
    const versions = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', ' HTTP/1.1', 'HTTP/1', ''];
    const lines = [
      ...methods.flatMap((method) => targets.slice(0, 2).map((target) => `${method} ${target} HTTP/1.1`)),
      ...targets.flatMap((target) => ['GET', 'POST'].map((method) => `${method} ${target} HTTP/1.1`)),
      ...versions.map((version) => `GET /api/v1/keys/check ${version}`),
    ];
    const rest = `Host: x\r\nAuthorization: Bearer ${key}\r\n\r\n`;
    await forEach(lines, (line) => expectAlike(`${line}\r\n${rest}`));
    await forEach(
      [`\r\n${check}`, `\n${check}`, ` ${check}`, `\r\n\r\n${check}`, '\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'],
      expectAlike,
    );
  });

  it('answers several requests in one piece, and bodies of another length than said, alike', async () => {
    const length = /Content-Length: (\d+)/;
    const longer = verify.replace(length, (_, said) => `Content-Length: ${Number(said) + 1}`);
    const shorter = verify.replace(length, (_, said) => `Content-Length: ${Number(said) - 1}`);
    await forEach(
      [
        check + check,
        check + verify,
        verify + check,
        verify + verify + check,
        check + OTHER_ROUTE,
        OTHER_ROUTE + check,
        `${check}x`,
        `${verify}x`,
        `${check}\r\n`,
        `${verify}\r\n${check}`,
        longer,
        shorter,
        longer + check,
        shorter + check,
        verify.replaceAll('\r\n', '\n'),
        check.replaceAll('\r\n', '\n'),
        check.replaceAll('\r\n', '\r'),
        check.replace('\r\n\r\n', `\r\nX-A: ${'a'.repeat(9000)}\r\n\r\n`),
        check.replace('\r\n\r\n', `\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`),
        check.replace('\r\n\r\n', `\r\n${Array.from({ length: 1500 }, (_, at) => `a${at}: b`).join('\r\n')}\r\n\r\n`),
      ],
      expectAlike,
    );
  });

  it('answers a request with any byte removed, doubled or replaced alike', async () => {
    const random = numbers(20_261_129);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const mutants = Array.from({ length: 300 }, () => {
      const bytes = Buffer.from(pick([check, verify]), 'latin1');
      // The head is what is read twice; most of a body is the key.
      const at = Math.floor(random() * (bytes.indexOf('\r\n\r\n') + 6));
      const before = bytes.subarray(0, at);
      const other = Buffer.from([pick([0, 9, 10, 11, 13, 32, 44, 58, 127, 128, 255, Math.floor(random() * 256)])]);
      return pick([
        () => Buffer.concat([before, bytes.subarray(at + 1)]),
        () => Buffer.concat([before, bytes.subarray(at, at + 1), bytes.subarray(at)]),
        () => Buffer.concat([before, other, bytes.subarray(at + 1)]),
        () => Buffer.concat([before, other, bytes.subarray(at)]),
      ])();
    });
    await forEach(mutants, expectAlike);
  });

  it('answers a request alike wherever it is cut in two', async () => {
    for (const request of [check, verify]) {
      const bytes = Buffer.from(request);
      const whole = await answerTo([bytes], false);
      await forEach(
        Array.from(bytes.subarray(1), (_, at) => at + 1),
        async (at) => {
          const cut = await answerTo([bytes.subarray(0, at), bytes.subarray(at)], false);
          expect([at, cut]).toEqual([at, whole]);
        },
      );
      // Byte by byte, it takes as long as Node's parser lets it.
      const bytewise = await answerTo(
        Array.from(bytes, (byte) => Buffer.from([byte])),
        false,
      );
      expect(bytewise).toEqual(whole);
    }
  });

  it('refuses a request that ends before it is whole alike', async () => {
    await forEach([...Array(20).keys()], async (part) => {
      for (const request of [check, verify]) {
        const bytes = Buffer.from(request).subarray(0, Math.floor((request.length * part) / 20));
        const [plain, nodes] = await Promise.all([answerTo([bytes], false, true), answerTo([bytes], true, true)]);
        expect([bytes.toString(), plain]).toEqual([bytes.toString(), nodes]);
      }
    });
  });
});
