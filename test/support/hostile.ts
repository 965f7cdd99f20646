import fc, { type Arbitrary } from 'fast-check';
import type { RequestOptions } from './http.js';
import { exampleOf, resolved, type Operation, type Schema } from './operations.js';

const deep = (levels: number): string => `${'{"a":['.repeat(levels)}${']}'.repeat(levels)}`;

/** Texts that have broken servers before. */
export const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\uD800',
  'x\uDFFFy',
  '\u202Egnp.exe',
  '👩‍👩‍👧‍👦'.repeat(30),
  'é'.normalize('NFD').repeat(60),
  'ß'.repeat(254),
  'x'.repeat(255),
  'x'.repeat(70_000),
  "' OR '1'='1",
  "'; DROP TABLE account; --",
  '" UNION SELECT password_hash FROM account --',
  "\\'; SELECT SLEEP(9); #",
  "1) OR (SELECT 1 FROM api_key WHERE secret_hash LIKE 'a%'",
  '%_%',
  '`',
  '$' + '{7*7}{{7*7}}',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  'a@b.example\r\nBcc: everybody@b.example',
  'Set-Cookie: a=b\r\n\r\nHTTP/1.1 200 OK',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e309',
  '9'.repeat(40),
  '0x10',
  '٣',
];

/** Values of every kind but the right one. */
const VALUES: unknown[] = [
  ...TEXTS,
  null,
  true,
  false,
  0,
  -0,
  -1,
  3.5,
  4,
  9,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  [],
  [[]],
  [null],
  ['x', 1, {}],
  {},
  { length: 1e9 },
  { toString: 1, valueOf: 2 },
  { $ne: null },
  { constructor: 1 },
];

const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...VALUES) }, text, fc.jsonValue({ maxDepth: 4 }));

/** A body of the schema in which single values may be hostile, missing or unknown. */
function bodyOf(schema: Schema): Arbitrary<unknown> {
  const { properties } = resolved(schema);
  if (properties) {
    const entries = Object.entries(properties).map(([name, itsSchema]) => [name, bodyOf(itsSchema)]);
    const described = fc.record(Object.fromEntries(entries) as Record<string, Arbitrary<unknown>>, {
      requiredKeys: [],
    });
    const unknown = fc.dictionary(text, value, { maxKeys: 2 });
    return fc
      .tuple(described, fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, unknown))
      .map(([known, others]) => ({ ...others, ...known }));
  }
  const right = exampleOf(schema);
  return fc.oneof({ weight: 3, arbitrary: fc.constant(right) }, { weight: 2, arbitrary: value });
}

/** Bodies that are no JSON, or JSON that no schema describes. */
const RAW_BODIES: (string | Buffer)[] = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '1e999',
  'NaN',
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":{"__proto__":{"polluted":true}}}',
  deep(7),
  deep(9),
  deep(20_000),
  '['.repeat(100_000),
  `{"a":"${'x'.repeat(300_000)}"}`,
  '{"a":"\\ud800"}',
  '{"a":"\\u0000"}',
  Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
];

const CONTENT_TYPES = [
  'application/json; charset=utf-16',
  'application/json;;;=',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data',
  'x',
];

const CREDENTIALS = ['Bearer', 'Bearer a.b.c', 'Basic', 'Basic !!!', `Basic ${btoa('\0:\0')}`, 'Bearer ks_live_x', 'x'];

/** Cut so that a request's head stays within what Node takes; a longer one is a test of its own. */
const percentEncoded = (raw: string): string => encodeURIComponent(raw.toWellFormed()).slice(0, 1500);
const segment = fc.oneof(
  text.map(percentEncoded).filter((part) => !/^\.{0,2}$/.test(part)),
  fc.constantFrom('%', '%zz', '%c0%ae', '%00', '%2e%2e', '%2F', '..', '.', '%ed%a0%80', '-1', '1'),
);
const pair = (names: string[]): Arbitrary<string> =>
  fc
    .tuple(
      fc.oneof(
        fc.constantFrom('x', ...names),
        fc.constantFrom('__proto__[polluted]', 'constructor.prototype.x', 'page[]', '%zz', ''),
      ),
      fc.oneof(segment, fc.constantFrom('1', '20', '101', '0', 'active', '')),
    )
    .map((parts) => parts.join('='));

/** Who asks; the test has the credentials. */
export const CALLERS = ['nobody', 'garbage', 'weak', 'owner', 'owner', 'admin', 'admin'] as const;

/** Things whose ids stand in paths; the test has them. */
export const THINGS = ['application', 'fullKey', 'pair', 'personalKey', 'member', 'merchant'] as const;

export interface HostileRequest {
  method: string;
  path: string;
  caller: (typeof CALLERS)[number];
  options: RequestOptions;
}

/** Hostile requests to an operation; `$application` in a path stands for that thing's id. */
export function requestsAt(operation: Operation): Arbitrary<HostileRequest> {
  const names = [...operation.path.matchAll(/\{\w+\}/g)].map(([name]) => name);
  const parts = fc.tuple(...names.map(() => fc.oneof(fc.constantFrom(...THINGS.map((thing) => `$${thing}`)), segment)));
  const query = fc.oneof(fc.constant([]), fc.array(pair(operation.query), { minLength: 1, maxLength: 4 }));
  const described = operation.body ? bodyOf(operation.body).map((body) => JSON.stringify(body)) : fc.constant('{}');
  const body = fc.oneof(
    { weight: 5, arbitrary: described },
    value.map((anything) => JSON.stringify(anything)),
    fc.constantFrom(...RAW_BODIES),
  );
  const headers = fc.record(
    {
      'content-type': fc.constantFrom(...CONTENT_TYPES),
      authorization: fc.constantFrom(...CREDENTIALS),
      'user-agent': fc.constantFrom('x'.repeat(6000), '\xff\xfe', "'; DROP TABLE audit_event; --"),
      'x-forwarded-for': fc.constantFrom("127.0.0.1', 'x", '::'.repeat(500)),
      host: fc.constantFrom('evil.example"><x>', 'x'.repeat(3000), '@'),
      'x-api-key': fc.constantFrom('ks_live_', ':', '\xff'.repeat(500)),
      'x-http-method-override': fc.constant('DELETE'),
    },
    { requiredKeys: [] },
  );
  return fc
    .record({
      method: fc.oneof(
        { weight: 9, arbitrary: fc.constant(operation.method) },
        fc.constantFrom('PUT', 'HEAD', 'OPTIONS'),
      ),
      parts,
      query,
      caller: fc.constantFrom(...CALLERS),
      body: operation.method === 'GET' ? fc.oneof(fc.constant(undefined), body) : body,
      headers: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, headers),
    })
    .map((request) => ({
      method: request.method,
      path:
        names.reduce((path, name, index) => path.replace(name, () => request.parts[index] ?? ''), operation.path) +
        (request.query.length > 0 ? `?${request.query.join('&')}` : ''),
      caller: request.caller,
      options: {
        body: request.body,
        headers: { ...(request.body !== undefined && { 'content-type': 'application/json' }), ...request.headers },
      },
    }));
}
