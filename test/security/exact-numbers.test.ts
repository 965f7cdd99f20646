/** Guarantee G6: a number that JSON cannot keep exactly is refused in every body, and every other one comes back as it was sent. */

import { foreignKey, importText, sha256Row } from '../support/imports.js';
import { OPERATIONS } from '../support/operations.js';
import { TestServer, type User } from '../support/server.js';

const INEXACT = [
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890',
  '0.1234567890123456789',
  '1.00000000000000000001',
  '1e400',
  '-1E+400',
  '1e-400',
  '123456789012345678e-3',
];

const EXACT = [
  '9007199254740992',
  '0.1',
  '-0.5e-7',
  '1e21',
  '1E+2',
  '100000000000000000000000',
  '1.50',
  '0e999',
  '0.30000000000000004',
  '5e-324',
];

describe('numbers', () => {
  let server: TestServer;
  let user: User;
  let path: string;
  let id: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    const application = await server.newApplication(user);
    path = `/api/v1/applications/${application}/api-keys`;
    id = (await server.newFullKey(user, application)).id;
  });
  afterAll(() => server.stop());

  const sendRaw = (method: string, url: string, body: string) =>
    server.call(method, url, { token: user.token, body, headers: { 'content-type': 'application/json' } });

  it.each(INEXACT)('G6: refuses %s in metadata, however deep, and names the field', async (number) => {
    const bodies: [string, string][] = [
      [`{"description":"a","metadata":{"n":${number}}}`, 'metadata'],
      [`{"description":"a \\"1\\": {","metadata":{"a":[1,{"b\\"c":[[], {}, ${number} ]}]}}`, 'metadata'],
      [`{"metadata":{"0":1, "n" : ${number}},"description":"a"}`, 'metadata'],
    ];
    for (const [body, field] of bodies)
      for (const [method, url] of [
        ['POST', path],
        ['PATCH', `/api/v1/api-keys/${id}`],
      ] as const) {
        const { status, body: answer } = await sendRaw(method, url, body);
        expect([status, answer.details]).toEqual([400, [{ field, message: expect.stringContaining('exactly') }]]);
      }
    const row = JSON.stringify(sha256Row(foreignKey())).replace('}', `,"metadata":{"n":${number}}}`);
    const { body } = await importText(server, user, `{"format":{"prefix":"acme_live_"}}\n${row}\n`);
    expect(body).toMatchObject({
      imported: 0,
      results: [{ line: 2, status: 400, details: [{ field: 'metadata' }] }],
    });
  });

  it.each(EXACT)('G6: keeps %s', async (number) => {
    const { status, body } = await sendRaw(
      'PATCH',
      `/api/v1/api-keys/${id}`,
      `{"metadata":{"n":${number},"s":"${INEXACT.join()}"}}`,
    );
    expect([status, body.metadata]).toEqual([200, { n: Number(number), s: INEXACT.join() }]);
  });

  it.each(
    OPERATIONS.filter(({ path: its, contentType }) => its.startsWith('/api/v1/') && contentType === 'application/json'),
  )('G6: $method $path changes nothing with such a number in its body', async (operation) => {
    const url = operation.path
      .replace('/{keyId}', `/${id}`)
      .replace('/applications/{id}', path.replace('/api-keys', '').slice(7));
    const options = { body: '{"metadata":{"n":9007199254740993}}', headers: { 'content-type': 'application/json' } };
    const { status } = await server.call(operation.method, url, { ...options, token: user.token });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
});
