/** Contracts KL10–KL12: pages of the list of keys, their headers and their links. */

import { ClientsSurface, refusal, refusalOf } from '../../support/clients.js';
import type { Answer } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

describe('clients surface: pages of the list', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let user: User;
  let ids: string[];
  beforeAll(async () => {
    server = await TestServer.shared();
    clients = new ClientsSurface(server);
    user = await server.newMerchant();
    ids = await clients.newKeys(user, 25);
  });
  afterAll(() => server.stop());

  /** The targets of a `Link` header, by their relations. */
  const linksOf = ({ headers }: Answer): Record<string, string> =>
    Object.fromEntries(
      String(headers.link)
        .split(', ')
        .map((link) => {
          const [, target = '', relation = ''] = /^<([^>]+)>; rel="(\w+)"$/.exec(link) ?? [];
          return [relation, target];
        }),
    );
  const idsIn = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id);

  it('KL10: answers with the first page', async () => {
    const answer = await clients.list(user, '?page=1&limit=10');
    expect([answer.status, answer.body.message]).toEqual([200, 'API keys list']);
    expect(idsIn(answer)).toEqual(ids.slice(0, 10));
  });

  it('KL11: answers with the remaining keys on the last page, and with total and links in headers', async () => {
    const answer = await clients.list(user, '?page=3&limit=10');
    expect(idsIn(answer)).toEqual(ids.slice(20));
    expect(answer.headers['x-total-count']).toBe('25');
    expect(linksOf(answer)).toEqual({
      first: '/api/clients/api-keys?page=1&limit=10',
      prev: '/api/clients/api-keys?page=2&limit=10',
      last: '/api/clients/api-keys?page=3&limit=10',
    });
  });

  it('KL11: links lead through all pages', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/api/clients/api-keys?status=active&limit=10&page=1';
    while (next !== undefined) {
      const answer: Answer = await clients.call(user, 'GET', next);
      seen.push(...idsIn(answer));
      next = linksOf(answer).next;
    }
    expect(seen).toEqual(ids);
  });

  it('KL11: answers with an empty array past the last page', async () => {
    const answer = await clients.list(user, '?page=4&limit=10');
    expect([answer.status, idsIn(answer), answer.headers['x-total-count']]).toEqual([200, [], '25']);
    expect((await clients.list(user, '?page=999999999&limit=100')).body.data).toEqual([]);
  });

  it('KL11: defaults to the first page and to twenty keys on a page', async () => {
    expect(idsIn(await clients.list(user, '?limit=10'))).toEqual(ids.slice(0, 10));
    expect(idsIn(await clients.list(user, '?page=1'))).toEqual(ids.slice(0, 20));
    expect(idsIn(await clients.list(user, '?limit=100'))).toEqual(ids);
  });

  const WRONG = ['0', '-1', 'abc', '1.5', '', '1e1', '0x1', '%201', '%00', "1'", '99999999999999999999', 'NaN'];

  it.each([
    ...WRONG.flatMap((value) => [`page=${value}`, `limit=${value}`, `page=${value}&limit=10`, `page=1&limit=${value}`]),
    'limit=101',
    'page=1&limit=101',
    'page=1&page=2',
    'limit=1&limit=2',
  ])('KL12: refuses ?%s', async (query) => {
    expect(refusalOf(await clients.list(user, `?${query}`))).toEqual(refusal(400, 'Invalid query parameters'));
  });
});
