/**
 * Guarantees for the input of an import: broken lines are named and skipped alone, a dry run changes nothing, and repeating an interrupted
 * import completes it.
 */

import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImportFormat } from '../../../src/api-keys/credentials/imported/import-format.entity.js';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import {
  bcryptRow,
  FORMAT,
  foreignKey,
  importLines,
  importText,
  ndjson,
  NDJSON,
  outcomeOf,
  PREFIX,
  sha256Row,
  WAYS,
} from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

describe('the input of an import', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    server.secrets.add(FORMAT.pepper);
  });
  afterAll(() => server.stop());

  const send = async (...lines: unknown[]) => (await importLines(server, user, lines)).body;
  const rows = (count: number) => Array.from({ length: count }, () => sha256Row(foreignKey()));
  const counts = () =>
    Promise.all([ApiKey, ImportFormat, AuditEvent].map((entity) => server.dataSource.getRepository(entity).count()));

  it('may be JSON as well, with the same answer', async () => {
    const [key, other] = [foreignKey(), foreignKey()];
    const json = { format: FORMAT, keys: [sha256Row(key), { ...sha256Row(other), level: 8 }] };
    const { status, body } = await server.call('POST', '/api/v1/api-keys/import', { token: user.token, json });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        imported: 1,
        existing: 0,
        failed: 1,
        dryRun: false,
        results: [
          {
            line: 2,
            status: 400,
            message: 'The request contains invalid parameters or malformed data',
            details: [{ field: 'level', message: 'level must not be above your own' }],
          },
        ],
      },
    });
    expect(await outcomeOf(server, key)).toBe('VALID');
    expect(await outcomeOf(server, other)).toBe('NOT_FOUND');
  });

  it('changes nothing in a dry run, which reports what would happen', async () => {
    const key = foreignKey();
    const slow = await bcryptRow(foreignKey());
    await send(sha256Row(key), slow);
    const fresh = await server.newMerchant();
    const body = ndjson({ format: FORMAT }, sha256Row(key), ...rows(600), await bcryptRow(foreignKey()), '{"hash"', {
      ...sha256Row(foreignKey()),
      level: 5,
    });
    // Uses and refusals of earlier requests are written in the background.
    await server.flushed();
    await server.sealed();
    const before = await counts();
    const forOthers = await importText(server, fresh, body, {}, '?dryRun=true');
    expect(forOthers.body).toMatchObject({ imported: 602, existing: 0, failed: 2, dryRun: true });
    expect(forOthers.body.results.map(({ line, status }: Record<string, number>) => [line, status])).toEqual([
      [604, 400],
      [605, 400],
    ]);
    const own = await importText(server, user, body, {}, '?dryRun=true');
    expect(own.body).toMatchObject({ imported: 601, existing: 1, failed: 2, dryRun: true });
    expect(await counts()).toEqual(before);
    expect((await importText(server, user, body)).body).toMatchObject({ ...own.body, dryRun: false });
  });

  it('counts a duplicate row in a dry run as the import does', async () => {
    const [first = {}, ...rest] = rows(600);
    const slow = await bcryptRow(foreignKey());
    const text = ndjson({ format: FORMAT }, first, slow, ...rest, first, slow, {
      ...slow,
      ...(await bcryptRow('x')),
      lookupPrefix: slow.lookupPrefix,
    });
    const rehearsed = await importText(server, user, text, {}, '?dryRun=true');
    expect(rehearsed.body).toMatchObject({
      imported: 601,
      existing: 2,
      failed: 1,
      results: [{ line: 605, status: 409 }],
    });
    expect((await importText(server, user, text)).body).toEqual({ ...rehearsed.body, dryRun: false });
  });

  it('has broken lines reported by number, and neither loses those before nor skips those after', async () => {
    const keys = Array.from({ length: 4 }, () => foreignKey());
    const [a, b, c, d] = keys.map((key) => sha256Row(key));
    const long = JSON.stringify(sha256Row(foreignKey(), { description: 'x'.repeat(20_000) }));
    const fits = JSON.stringify({ ...b, metadata: { text: 'x'.repeat(4000) } }).padEnd(10_000);
    const lines: unknown[] = [
      a,
      '{"hash": "unfinis',
      fits,
      '',
      '[]',
      '"text"',
      'null',
      long,
      '{"__proto__": {"level": 8}}',
      c,
      '{}',
    ];
    const body = Buffer.concat([
      Buffer.from(ndjson({ format: FORMAT }, ...lines)),
      Buffer.from([0x22, 0xff, 0x22, 0x0d, 0x0a]),
      Buffer.from(JSON.stringify(d)),
    ]);
    const { status, body: report } = await importText(server, user, body);
    expect(status).toBe(200);
    expect(report).toMatchObject({ imported: 4, existing: 0, failed: 8 });
    expect(report.results.map((result: Record<string, number>) => [result.line, result.status])).toEqual([
      [3, 400],
      [6, 400],
      [7, 400],
      [8, 400],
      [9, 413],
      [10, 400],
      [12, 400],
      [13, 400],
    ]);
    for (const key of keys) expect(await outcomeOf(server, key)).toBe('VALID');
  });

  it.each<[string, Record<string, unknown>]>([
    ['hash', { hash: 'abc' }],
    ['hash', { hash: 'f'.repeat(64), encoding: 'base64' }],
    ['hash', { hash: `$2b$13$${'a'.repeat(53)}`, algorithm: 'bcrypt', lookupPrefix: 'acme_live_x' }],
    ['hash', { hash: `$2b$10$${'a'.repeat(52)}`, algorithm: 'bcrypt', lookupPrefix: 'acme_live_x' }],
    ['hash', { hash: argon('m=65537,t=3,p=4'), algorithm: 'argon2', lookupPrefix: 'acme_live_x' }],
    ['hash', { hash: argon('m=65536,t=11,p=4'), algorithm: 'argon2', lookupPrefix: 'acme_live_x' }],
    ['hash', { hash: argon('m=65536,t=3,p=5'), algorithm: 'argon2', lookupPrefix: 'acme_live_x' }],
    ['lookupPrefix', { hash: argon('m=65536,t=3,p=4'), algorithm: 'argon2' }],
    ['lookupPrefix', { hash: argon('m=65536,t=3,p=4'), algorithm: 'argon2', lookupPrefix: 'acme_' }],
    ['lookupPrefix', { lookupPrefix: 'other_live_' }],
    ['algorithm', { algorithm: 'md5' }],
    ['description', { description: '' }],
    ['level', { level: 5 }],
    ['level', { level: 1.5 }],
    ['scopes', { scopes: ['Payments'] }],
    ['scopes', { scopes: ['payments:*:write:'] }],
    ['environment', { environment: 'staging' }],
    ['expiresAt', { expiresAt: '2020-01-01' }],
    ['expiresAt', { expiresAt: '9999-12-31T23:59:59-00:01' }],
    ['createdAt', { createdAt: '2999-01-01' }],
    ['lastUsedAt', { lastUsedAt: '0001-01-01' }],
    ['allowedIps', { allowedIps: ['10.0.0.1/8'] }],
    ['rateLimit.limit', { rateLimit: { limit: 0, windowSeconds: 1 } }],
    ['quota.period', { quota: { limit: 1, period: 'year' } }],
    ['isEnabled', { isEnabled: 'no' }],
    ['applicationId', { applicationId: 'mine' }],
  ])('is refused for a wrong %s: %j', async (field, wrong) => {
    const report = await send(sha256Row(foreignKey(), wrong));
    expect(report).toMatchObject({ imported: 0, failed: 1 });
    expect(report.results[0]).toMatchObject({ line: 2, status: 400, details: [{ field }] });
  });

  it('needs a pepper for an HMAC', async () => {
    const text = ndjson(
      { format: { prefix: PREFIX, length: 42 } },
      await WAYS['hmac-sha256 in base64']?.(foreignKey()),
    );
    expect((await importText(server, user, text)).body.results[0]).toMatchObject({
      status: 400,
      details: [{ field: 'algorithm' }],
    });
  });

  it.each<[string, string | Buffer, number, Record<string, string>?]>([
    ['nothing', '', 400],
    ['no format', ndjson(sha256Row(foreignKey())), 400],
    ['a broken first line', '{"format"\n{}\n', 400],
    ['a format that fits everything', ndjson({ format: {} }, {}), 400],
    ['a format of our own keys', ndjson({ format: { prefix: 'ks_live_' } }, {}), 400],
    ['a format of tokens', ndjson({ format: { prefix: 'eyJhbG' } }, {}), 400],
    ['a format without a prefix', ndjson({ format: { length: 42 } }, {}), 400],
    ['a format with a short prefix', ndjson({ format: { prefix: 'acm' } }, {}), 400],
    ['a format of short keys', ndjson({ format: { prefix: 'unde', length: 15 } }, {}), 400],
    [
      'a format of keys that are hardly longer than its prefix',
      ndjson({ format: { prefix: PREFIX, length: 21 } }, {}),
      400,
    ],
    ['a format alone', ndjson({ format: FORMAT }), 400],
    ['more lines than a call may have', ndjson({ format: FORMAT }) + '\n'.repeat(100_001), 413],
    ['empty JSON', '', 400, { 'content-type': 'application/json' }],
    ['JSON without keys', '{"format": {"prefix": "acme_live_"}}', 400, { 'content-type': 'application/json' }],
    [
      'JSON with no key in it',
      '{"format": {"prefix": "acme_live_"}, "keys": []}',
      400,
      { 'content-type': 'application/json' },
    ],
    ['JSON that is an array', '[1]', 400, { 'content-type': 'application/json' }],
    ['broken JSON', '{"keys"', 400, { 'content-type': 'application/json' }],
    ['JSON over 256 KiB', `"${'x'.repeat(300_000)}"`, 413, { 'content-type': 'application/json' }],
    ['text', ndjson({ format: FORMAT }), 415, { 'content-type': 'text/plain' }],
  ])('is refused as a whole for %s', async (_, body, status, headers = NDJSON) => {
    const before = await counts();
    const answer = await importText(server, user, body, { headers });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status,
      body: expect.objectContaining({ code: status }),
    });
    expect(await counts()).toEqual(before);
  });

  it('is NDJSON on no other route', async () => {
    const answer = await server.call('POST', '/api/v1/applications', {
      token: user.token,
      body: '{}',
      headers: NDJSON,
    });
    expect(answer.status).toBe(415);
  });

  it('is refused to callers who may not write, whatever it contains', async () => {
    const weak = await server.newMember(user, 'writeSome');
    expect((await importText(server, weak, 'garbage')).status).toBe(403);
    expect((await importText(server, { ...weak, token: 'garbage' }, 'garbage')).status).toBe(401);
  });

  it("is imported into other merchants' applications by level 8 alone", async () => {
    const stranger = await server.newMerchant();
    const application = await server.newApplication(stranger);
    const key = foreignKey();
    const row = sha256Row(key, { applicationId: application });
    const gone = sha256Row(foreignKey(), { applicationId: '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11' });
    const testRow = sha256Row(foreignKey(), { applicationId: application, environment: 'test' });
    expect((await send(row, gone)).results).toMatchObject([
      { line: 2, status: 403 },
      { line: 3, status: 404 },
    ]);
    const { body } = await importLines(server, server.admin, [row, gone, testRow]);
    expect(body).toMatchObject({
      imported: 1,
      results: [
        { line: 3, status: 404 },
        { line: 4, details: [{ field: 'environment' }] },
      ],
    });
    const list = await server.call('GET', `/api/v1/applications/${application}/api-keys`, { token: stranger.token });
    expect(list.body.items).toMatchObject([{ keyPrefix: 'acme_live_', level: 4 }]);
    expect(await outcomeOf(server, key)).toBe('VALID');
  });

  it('is recognised after its slow hash has been replaced, and not confused with another key of its prefix', async () => {
    const key = foreignKey();
    const row = await bcryptRow(key);
    await send(row);
    expect(await outcomeOf(server, key)).toBe('VALID');
    expect(await send(row)).toMatchObject({ imported: 0, existing: 1, failed: 0 });
    expect(await send(await bcryptRow(key))).toMatchObject({ existing: 0, results: [{ line: 2, status: 409 }] });
  });

  it('may be interrupted: full batches are kept, and sending all again adds the rest', async () => {
    const lines = rows(1200);
    const text = ndjson({ format: FORMAT }, ...lines);
    const before = await server.dataSource.getRepository(ApiKey).count();
    const imported = async () => (await server.dataSource.getRepository(ApiKey).count()) - before;
    const { hostname, port } = new URL(server.url);
    const headers = { ...NDJSON, authorization: `Bearer ${user.token}` };
    const request = httpRequest({ hostname, port, method: 'POST', path: '/api/v1/api-keys/import', headers });
    request.on('error', () => undefined);
    request.write(text.slice(0, Math.floor((text.length * 3) / 4)));
    for (let wait = 0; wait < 100 && (await imported()) < 500; wait += 1) await sleep(20);
    request.destroy();
    await sleep(100);
    const already = await imported();
    expect(already).toBe(500);
    expect((await importText(server, user, text)).body).toMatchObject({ imported: 700, existing: 500, failed: 0 });
    expect((await importText(server, user, text)).body).toMatchObject({ imported: 0, existing: 1200, failed: 0 });
  });

  it('may be sent twice at once: each key is imported once', async () => {
    const text = ndjson({ format: FORMAT }, ...rows(700));
    const reports = await Promise.all([importText(server, user, text), importText(server, user, text)]);
    const total = (field: string) => reports.reduce((sum, { body }) => sum + Number(body[field]), 0);
    expect([total('imported'), total('existing'), total('failed')]).toEqual([700, 700, 0]);
  });

  it('stops where the importer loses the right to import', async () => {
    const member = await server.newMember(user, 'user');
    const lines = rows(600);
    const { hostname, port } = new URL(server.url);
    const headers = { ...NDJSON, authorization: `Bearer ${member.token}` };
    const before = await server.dataSource.getRepository(ApiKey).count();
    const imported = async () => (await server.dataSource.getRepository(ApiKey).count()) - before;
    const status = new Promise((resolve) => {
      const request = httpRequest(
        { hostname, port, method: 'POST', path: '/api/v1/api-keys/import', headers },
        (response) => resolve(response.resume().statusCode),
      );
      request.write(ndjson({ format: FORMAT }, ...lines.slice(0, 550)));
      void (async () => {
        for (let wait = 0; wait < 100 && (await imported()) < 500; wait += 1) await sleep(20);
        const json = { role: 'readOnly' };
        await server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: user.token, json });
        request.end(ndjson(...lines.slice(550)));
      })();
    });
    expect(await status).toBe(403);
    expect(await imported()).toBe(500);
  });

  it('creates no more than twenty formats for one merchant', async () => {
    const merchant = await server.newMerchant();
    const by = async (length: number) => {
      const text = ndjson({ format: { prefix: PREFIX, length } }, sha256Row(foreignKey(PREFIX, length)));
      return (await importText(server, merchant, text)).body;
    };
    for (let length = 50; length < 70; length += 1) expect(await by(length)).toMatchObject({ imported: 1 });
    expect((await by(70)).results).toMatchObject([{ line: 2, status: 409 }]);
    expect(await by(50)).toMatchObject({ imported: 1 });
  });
});

function argon(parameters: string): string {
  return `$argon2id$v=19$${parameters}$${'a'.repeat(22)}$${'b'.repeat(43)}`;
}
