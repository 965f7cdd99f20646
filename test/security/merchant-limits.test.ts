/** Guarantees: a merchant has no more of anything than the settings allow, whoever asks at the same time, and room is free again after a deletion. */

import { foreignKey, importLines, sha256Row } from '../support/imports.js';
import { expectEnvelope } from '../support/envelope.js';
import { TestServer, type User } from '../support/server.js';

const MAX = 3;

describe('a merchant at its limit', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start({
      MAX_KEYS_PER_MERCHANT: String(MAX),
      MAX_APPLICATIONS_PER_MERCHANT: String(MAX),
      MAX_MEMBERS_PER_MERCHANT: String(MAX + 1),
      MAX_WEBHOOKS_PER_MERCHANT: String(MAX),
    });
  });
  beforeEach(async () => (user = await server.newMerchant()));
  afterAll(() => server.stop());

  const numbers = Array.from({ length: 2 * MAX }, (_, index) => index);

  it.each([
    ['application', '/api/v1/applications', (n: number) => ({ name: `Shop ${n}` })],
    ['member', '/api/v1/members', (n: number) => ({ email: `m${n}.${Date.now()}@example.com`, role: 'readOnly' })],
    ['webhook', '/api/v1/webhooks', () => ({ url: 'http://127.0.0.1:9/', events: ['api_key.exposed'] })],
    ['api_key', '/api/v1/api-keys', () => ({ description: 'A key' })],
  ])('is refused another %s with 409, also when many are asked for at once', async (name, path, body) => {
    const create = (n: number) => server.call('POST', path, { token: user.token, json: body(n) });
    const answers = await Promise.all(numbers.map(create));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(MAX).fill(201), ...Array(MAX).fill(409)]);
    const refused = answers.filter(({ status }) => status === 409);
    for (const answer of refused) {
      expectEnvelope(path, answer);
      expect(answer.headers['x-error-code']).toBe(`${name}.limit_reached`);
    }
    const [made] = answers.filter(({ status }) => status === 201);
    expect((await server.call('DELETE', `${path}/${made?.body.id}`, { token: user.token })).status).toBe(204);
    expect((await create(100)).status).toBe(201);
    expect((await create(101)).status).toBe(409);
    // Others have their own.
    const neighbour = await server.newMerchant();
    expect((await server.call('POST', path, { token: neighbour.token, json: body(102) })).status).toBe(201);
  });

  it('counts keys of every surface, and those that are imported', async () => {
    await server.newPair(user);
    await server.newPersonalKey(user, 1);
    const rows = [sha256Row(foreignKey()), sha256Row(foreignKey())];
    const { body } = await importLines(server, user, rows);
    expect(body).toMatchObject({ imported: 0, failed: 2, results: [{ status: 409 }, { status: 409 }] });
    expect((await importLines(server, user, rows.slice(1))).body).toMatchObject({ imported: 1, failed: 0 });
    expect((await importLines(server, user, rows.slice(1))).body).toMatchObject({ existing: 1, failed: 0 });
    const personal = { name: 'One more', level: 1, expiresIn: 60 };
    const { status, body: answer } = await server.call('POST', '/apikeys/jwt', { token: user.token, json: personal });
    expect([status, answer]).toEqual([409, { result: 'error', error: 'apiKeyLimitReached' }]);
  });
});
