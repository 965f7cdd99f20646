/** Guarantees for every surface: a limit is answered with 429 in the surface's envelope. */

import { TestServer } from '../support/server.js';
import { expectRefusal, SURFACES } from '../support/surfaces.js';

const LOGINS = SURFACES.filter(({ surface }) => surface !== 'oauth');

describe('envelopes of limits', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ LOGIN_RATE_LIMIT_PER_MINUTE: '1', CLIENT_RATE_LIMIT_PER_MINUTE: '2' });
  });
  afterAll(() => server.stop());

  it.each(LOGINS)('$surface: answers too many failed logins with 429', async ({ surface, open, words }) => {
    const json = { username: `guessed-on-${surface}`, password: 'a wrong password' };
    expect((await server.call('POST', open, { json })).status).toBe(401);
    const answer = await server.call('POST', open, { json });
    expectRefusal(open, answer, 429, words[429]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('clients: answers too many requests of a client with 429', async () => {
    const { token } = await server.newMerchant();
    const list = () => server.call('GET', '/api/clients/api-keys', { token });
    expect([(await list()).status, (await list()).status]).toEqual([200, 200]);
    const answer = await list();
    expectRefusal('/api/clients', answer, 429, 'Too many requests. Limit: 2 requests per minute');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});
