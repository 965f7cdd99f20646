/**
 * Contract G1, over every operation of the OpenAPI document: a misspelt parameter or property is refused on the merchants surface and the
 * verification routes, and changes nothing. On the other surfaces it is ignored, and the answer says so.
 */

import { surfaceAt } from '../../src/platform/http/surfaces/surfaces.js';
import type { Answer, RequestOptions } from '../support/http.js';
import { misspeltBodies, misspeltQueries, type Misspelling } from '../support/misspellings.js';
import { leastOf, OPERATIONS, resolved, type Operation } from '../support/operations.js';
import { isForEndUsers } from '../support/portal.js';
import { isForVerifiers } from '../support/verifiers.js';
import { TestServer } from '../support/server.js';
import { Stronger } from '../support/stronger.js';

/** Operations whose requests others compose: probes, an OpenID provider, GitHub. */
const COMPOSED_BY_OTHERS = ['/health/live', '/health/ready', '/api/v1/auth/oidc/callback'];
const BODY_BY_OTHERS = ['/api/v1/exposures/github'];

/** The rows of an import are refused one by one, in a report. */
const BY_ROW = '/api/v1/api-keys/import';

const OWN = OPERATIONS.filter(({ path }) => !COMPOSED_BY_OTHERS.includes(path));
const STRICT = OWN.filter(({ path }) => surfaceAt(path).name === 'merchants');
const LENIENT = OWN.filter(({ path }) => surfaceAt(path).name !== 'merchants');

describe('names that the server does not know', () => {
  let server: TestServer;
  let stronger: Stronger;
  let fullKey: string;
  let formatId: string;
  beforeAll(async () => {
    server = await TestServer.start({
      CLIENT_RATE_LIMIT_PER_MINUTE: '0',
      EXPOSURE_RATE_LIMIT_PER_MINUTE: '0',
      LOGIN_RATE_LIMIT_PER_MINUTE: '0',
      PUBLIC_RATE_LIMIT_PER_MINUTE: '0',
    });
    stronger = await Stronger.in(server);
    const json = {
      format: { prefix: 'acme_test_', length: 40 },
      keys: [{ hash: 'cd'.repeat(32), algorithm: 'sha256', description: 'imported' }],
    };
    const { token } = stronger.account;
    await server.call('POST', '/api/v1/api-keys/import', { token, json });
    formatId = (await server.call('GET', '/api/v1/import-formats', { token })).body.items[0].id;
    fullKey = (await server.newFullKey(stronger.account, stronger.application)).fullKey;
  });
  afterAll(() => server.stop());

  function pathOf({ path }: Operation, { parameters }: Stronger): string {
    let filled = path.replace('import-formats/{id}', `import-formats/${formatId}`);
    for (const [parameter] of filled.matchAll(/\{\w+\}/g)) {
      const until = path.slice(0, path.indexOf(parameter) + parameter.length);
      const known = Object.keys(parameters).filter((each) => until.endsWith(each));
      const [id] = parameters[known.toSorted((a, b) => b.length - a.length)[0] ?? ''] ?? [];
      if (id === undefined) throw new Error(`Nothing fills ${parameter} of ${path}: add an id to Stronger.parameters.`);
      filled = filled.replace(parameter, id);
    }
    return filled;
  }

  async function credentialOf(operation: Operation, { account, portal, verifier }: Stronger): Promise<RequestOptions> {
    const { path, schemes } = operation;
    if (isForVerifiers(operation)) return { token: verifier.key };
    if (isForEndUsers(operation)) return { token: portal.token };
    if (path === '/api/v1/keys/check' || path === '/api/v1/keys/rotate') return { token: fullKey };
    if (schemes.length === 0) return {};
    if (path.startsWith('/oauth') || path.endsWith('/key'))
      return { basic: (await server.newPersonalKey(account, 8)).basic };
    return { token: account.token };
  }

  const sent = ({ contentType, headers }: Operation, body: unknown): RequestOptions => ({
    headers,
    ...(contentType?.includes('form') ? { form: body as Record<string, string> } : { json: body }),
  });

  function expectRefusal({ status, headers, body, text }: Answer, { path, meant, isSameWord }: Misspelling): void {
    expect([path, status, headers['x-error-code']]).toEqual([path, 400, 'request.invalid']);
    const detail = (body.details as { field: string; message: string }[]).find(({ field }) => field === path);
    const name = path.split('.').at(-1);
    expect([path, text]).toEqual([path, expect.stringContaining(`${name} is not known here`)]);
    if (isSameWord)
      expect([path, detail?.message]).toEqual([path, `${name} is not known here; did you mean ${meant}?`]);
    else expect([path, detail?.message]).toEqual([path, expect.stringContaining('is not known here')]);
  }

  describe('on the merchants surface and the verification routes', () => {
    it.each(STRICT)('$method $path refuses each misspelt parameter', async (operation) => {
      const before = await stronger.state();
      const credential = await credentialOf(operation, stronger);
      const wrong = misspeltQueries(operation);
      if (wrong.length === 0) wrong.push({ meant: '', path: 'dryrun', isSameWord: false });
      for (const each of wrong) {
        const path = `${pathOf(operation, stronger)}?${each.path}=true`;
        const withoutBody = { headers: { ...credential.headers, ...operation.headers } };
        const options = operation.body === null ? withoutBody : sent(operation, leastOf(operation.body));
        const answer = await server.call(operation.method, path, { ...credential, ...options });
        if (/\/keys\/(check|verify)/.test(path) && answer.headers['x-error-code'] === 'credential.in_query') continue;
        expectRefusal(answer, each);
      }
      expect(await stronger.state()).toEqual(before);
    });

    const withBody = STRICT.filter(
      ({ method, path }) => method !== 'GET' && !path.startsWith(BY_ROW) && !BODY_BY_OTHERS.includes(path),
    );
    it.each(withBody)('$method $path refuses each misspelt property', async (operation) => {
      const before = await stronger.state();
      const credential = await credentialOf(operation, stronger);
      const wrong = misspeltBodies(operation);
      if (operation.body === null) wrong.push({ meant: '', path: 'dryRun', body: { dryRun: true }, isSameWord: false });
      for (const each of wrong) {
        const path = pathOf(operation, stronger);
        const answer = await server.call(operation.method, path, { ...credential, ...sent(operation, each.body) });
        expectRefusal(answer, each);
      }
      expect(await stronger.state()).toEqual(before);
    });
  });

  describe('on the other surfaces', () => {
    it.each(LENIENT)('$method $path ignores misspelt names, and lists them', async (operation) => {
      // What the request does, it may do: it has an account of its own.
      const own = operation.method === 'GET' ? stronger : await Stronger.in(server);
      const credential = await credentialOf(operation, own);
      const queries = misspeltQueries(operation).map(({ path }) => path);
      const query = [...queries, 'dryrun'].slice(0, 8);
      const bodies = operation.body === null ? [] : misspeltBodies(operation).map(({ path }) => path);
      const names = [...new Set(bodies.filter((path) => !path.includes('.')))].slice(0, 8);
      const least = operation.body === null ? {} : (leastOf(operation.body) as object);
      const body = { ...least, ...Object.fromEntries(names.map((name) => [name, 'text'])) };
      const path = `${pathOf(operation, own)}?${query.map((name) => `${name}=1`).join('&')}`;
      const answer = await server.call(operation.method, path, {
        ...credential,
        ...(operation.method !== 'GET' && sent(operation, body)),
      });
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers['x-ignored-fields']?.toString().split(', ')).toEqual([...query, ...names]);
    });
  });

  it('are named when they stand deep in a body', async () => {
    const json = {
      description: 'k',
      rateLimit: { limit: 5, windowsSeconds: 60 },
      metadata: { anything: { is: 'free' } },
    };
    const { status, body } = await server.call('POST', '/api/v1/api-keys', { token: server.admin.token, json });
    expect([status, body.details]).toEqual([
      400,
      expect.arrayContaining([
        {
          field: 'rateLimit.windowsSeconds',
          message: 'windowsSeconds is not known here; did you mean windowSeconds?',
        },
      ]),
    ]);
  });

  it('are told beside everything else that is wrong', async () => {
    const json = { description: '', expiresIn: 3600 };
    const { body } = await server.call('POST', '/api/v1/api-keys', { token: server.admin.token, json });
    expect(body.details).toEqual([
      { field: 'expiresIn', message: 'expiresIn is not known here; did you mean expiresInSeconds?' },
      { field: 'description', message: 'description must be a text of 1 to 50 characters' },
    ]);
  });

  it('do not mislead the server beside an object with a constructor', async () => {
    const { token } = server.admin;
    const json = { environment: { constructor: 1 }, quota: { constructor: { prototype: 1 }, '': { constructor: 1 } } };
    const { status } = await server.call('POST', '/api/v1/api-keys?x=1', { token, json });
    const row = { hash: { constructor: 1 }, algorithm: 'sha256', description: 'k', metadata: { constructor: 1 } };
    const format = { prefix: 'acme_live_', length: 40 };
    const report = await server.call('POST', '/api/v1/api-keys/import', { token, json: { format, keys: [row] } });
    expect([status, report.status, report.body.failed]).toEqual([400, 200, 1]);
  });

  it('are not repeated in full when they are as long as a key, nor when there are thousands', async () => {
    const json = { [fullKey]: 1, ...Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`n${index}`, 1])) };
    const start = performance.now();
    const strict = await server.call('POST', '/api/v1/api-keys', { token: server.admin.token, json });
    const lenient = await server.call('POST', '/signup', { json: { ...json, '\ud800\r\n,é': 1 } });
    expect(performance.now() - start).toBeLessThan(2000);
    expect([strict.status, strict.body.details.length]).toEqual([400, expect.any(Number)]);
    expect(strict.text.length).toBeLessThan(8000);
    expect(strict.text).not.toContain(fullKey);
    expect(JSON.stringify(lenient.headers)).not.toContain(fullKey);
    expect(lenient.headers['x-ignored-fields']?.length).toBeLessThan(2000);
  });

  it('fail the row of an import that has them, and the import whose first line has them', async () => {
    const format = { prefix: 'acme_live_', length: 40 };
    const row = { hash: 'ab'.repeat(32), algorithm: 'sha256', description: 'k' };
    const path = '/api/v1/api-keys/import';
    const call = (json: unknown): Promise<Answer> => server.call('POST', path, { token: server.admin.token, json });
    const rows = await call({
      format,
      keys: [
        { ...row, scope: ['a'] },
        { ...row, enabled: false },
      ],
    });
    expect([rows.status, rows.body]).toEqual([
      200,
      expect.objectContaining({
        imported: 0,
        results: [
          expect.objectContaining({
            line: 1,
            details: [{ field: 'scope', message: 'scope is not known here; did you mean scopes?' }],
          }),
          expect.objectContaining({
            line: 2,
            details: [{ field: 'enabled', message: 'enabled is not known here; did you mean isEnabled?' }],
          }),
        ],
      }),
    ]);
    const head = await call({ format: { ...format, lenght: 40 }, keys: [row], dryrun: true });
    expect([head.status, head.body.details]).toEqual([
      400,
      [
        { field: 'format.lenght', message: 'lenght is not known here; did you mean length?' },
        { field: 'dryrun', message: expect.stringContaining('dryrun is not known here') },
      ],
    ]);
  });

  let own: Stronger | null = null;
  it.each(OWN.filter(({ body }) => body && resolved(body).properties))(
    '$method $path answers null in the place of a property with a success or a refusal',
    async (operation) => {
      const { body: schema } = operation;
      const names = Object.keys((schema && resolved(schema).properties) ?? {});
      if (!schema) throw new Error('The operation has a body.');
      own ??= await Stronger.in(server);
      const credential = await credentialOf(operation, own);
      const path = pathOf(operation, own);
      for (const name of names) {
        const least = leastOf(schema) as object;
        for (const json of [{ ...least, [name]: null }, { [name]: null }]) {
          const { status } = await server.call(operation.method, path, { ...credential, ...sent(operation, json) });
          expect([json, status < 500]).toEqual([json, true]);
          // What was accepted may have changed the account.
          if (status < 400) own = null;
        }
      }
    },
  );
});
