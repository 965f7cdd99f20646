/** Guarantees of the tests' own check: whatever the OpenAPI document does not say of a response is found. */

import { findUndocumented, findUndocumentedEvent } from '../support/documented-answers.js';
import { TestServer } from '../support/server.js';
import type { Answer } from '../support/http.js';

describe('the comparison of responses with the document', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await TestServer.start();
    token = server.admin.token;
  });
  afterAll(() => server.stop());

  const find = (path: string, answer: Answer) => findUndocumented('GET', path, answer);
  const path = '/api/v1/applications';
  const where = 'GET /api/v1/applications (listApplications)';

  it('finds nothing in true responses, on every surface', async () => {
    for (const one of [path, '/api/clients/api-keys', '/account/jwt', '/health/ready', '/api/v1/audit-events?cursor='])
      expect([one, find(one, await server.call('GET', one, { token }))]).toEqual([one, []]);
    for (const one of [path, '/api/clients/api-keys', '/account/jwt'])
      expect([one, find(one, await server.call('GET', one))]).toEqual([one, []]);
  });

  it.each<[string, (answer: Answer) => Partial<Answer>, string]>([
    ['a status', () => ({ status: 418 }), ': the status 418 is not documented'],
    ['a header', ({ headers }) => ({ headers: { ...headers, 'x-other': '1' } }), ': 200: the header x-other is'],
    [
      'a content type',
      ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/csv' } }),
      ': 200: the content type text/csv is not documented',
    ],
    ['a property', ({ body }) => ({ body: { ...body, more: 1 } }), ': 200: the body must NOT have unevaluated'],
    [
      'a missing property',
      ({ body }) => ({ body: { ...body, page: undefined } }),
      ': 200: the body must have required',
    ],
    ['a wrong type', ({ body }) => ({ body: { ...body, page: '1' } }), ': 200: /page must be integer'],
    [
      'a property of an item',
      ({ body }) => ({ body: { ...body, items: [{ ...APPLICATION, more: 1 }] } }),
      ': 200: /items/0 must NOT have unevaluated',
    ],
    [
      'a time that is none',
      ({ body }) => ({ body: { ...body, items: [{ ...APPLICATION, createdAt: 'today' }] } }),
      ': 200: /items/0/createdAt must match format "date-time"',
    ],
  ])('finds %s that the document does not say, and names the operation and the place', async (_, change, problem) => {
    const answer = await server.call('GET', path, { token });
    // As JSON, in which nothing is undefined.
    const changed = JSON.parse(JSON.stringify({ ...answer, ...change(answer) })) as Answer;
    expect(find(path, changed)).toEqual([expect.stringContaining(where + problem)]);
  });

  it('finds what the document does not say of an event', () => {
    const data = { id: APPLICATION.id, merchantId: APPLICATION.id };
    const event = { type: 'webhook.test', timestamp: APPLICATION.createdAt, sequence: null, data };
    expect(findUndocumentedEvent(event)).toEqual([]);
    expect(findUndocumentedEvent({ ...event, type: 'api_key.lost' })).toEqual([
      'the event api_key.lost is not documented',
    ]);
    expect(findUndocumentedEvent({ ...event, data: { ...data, more: 1 } } as typeof event)).toEqual([
      expect.stringContaining('the event webhook.test: /data must NOT have unevaluated properties'),
    ]);
  });

  it('does not compare what no operation answers', () => {
    const answer = { status: 404, headers: {}, text: '', body: undefined };
    expect(findUndocumented('GET', '/nowhere', answer)).toEqual([]);
    expect(findUndocumented('DELETE', path, answer)).toEqual([]);
    // A page of another path must not be taken for a member.
    expect(findUndocumented('GET', '/api/v1/members/signup?token=x', answer)).toEqual([]);
  });
});

const APPLICATION = {
  id: '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11',
  name: 'UK store',
  description: null,
  isEnabled: true,
  environment: 'live',
  createdAt: '2026-11-21T13:30:00.000Z',
};
