/** Guarantees of the merchants surface: a merchant's name and details can be changed, by itself and by the operator, and are in the audit trail. */

import { TestServer, type User } from '../../support/server.js';

describe("merchants surface: a merchant's name and details", () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const change = (json: object, { token }: Pick<User, 'token'> = owner, id = 'me') =>
    server.call('PATCH', `/api/v1/merchants/${id}`, { token, json });

  it('are changed one by one, and details removed by null', async () => {
    const first = await change({ name: ' Another Shop Ltd ', details: { tradingName: 'Another', country: 'AT' } });
    expect(first.body).toMatchObject({
      name: 'Another Shop Ltd',
      details: { tradingName: 'Another', country: 'AT' },
      status: 'active',
    });
    const second = await change({ details: { country: null, website: 'https://another.example' } });
    expect(second.body).toMatchObject({
      name: 'Another Shop Ltd',
      details: { tradingName: 'Another', website: 'https://another.example' },
    });
    expect(Object.keys(second.body.details)).toEqual(['tradingName', 'website']);
    for (const nothing of [{}, { details: {} }]) expect((await change(nothing)).body).toEqual(second.body);
    const read = await server.call('GET', '/api/v1/merchants/me', { token: owner.token });
    expect(read.body).toEqual(second.body);
  });

  it('are changed by the operator, who changes the status with them or not at all', async () => {
    const { body } = await change({ name: 'Renamed Ltd' }, server.admin, owner.merchantId);
    expect(body).toMatchObject({ name: 'Renamed Ltd', status: 'active', details: { tradingName: 'Another' } });
    const both = await change({ name: 'Blocked Ltd', status: 'blocked' }, server.admin, owner.merchantId);
    expect(both.body).toMatchObject({ name: 'Blocked Ltd', status: 'blocked' });
    await change({ status: 'active' }, server.admin, owner.merchantId);
  });

  it('are recorded by the names of what was changed', async () => {
    await server.sealed();
    const path = '/api/v1/audit-events?action=merchant.updated&limit=100';
    const { body } = await server.call('GET', path, { token: owner.token });
    const details = body.items.map((event: { details: { fields?: string[] } }) => event.details);
    expect(details).toContainEqual({ fields: ['country', 'website'], changes: {} });
    expect(details).toContainEqual({
      fields: ['name'],
      changes: { name: { from: 'Another Shop Ltd', to: 'Renamed Ltd' } },
    });
  });

  it.each([
    ['an empty name', { name: '  ' }],
    ['no name', { name: null }],
    ['no details', { details: null }],
    ['a name that is too long', { name: 'x'.repeat(201) }],
    ['details that are none', { details: 'AT' }],
    ['a country that is none', { details: { country: 'XX' } }],
    ['an unknown detail', { details: { colour: 'red' } }],
    ['its own status', { status: 'active' }],
    ['its own scopes', { name: 'A name', scopes: ['*'] }],
  ])('refuse %s', async (_, json) => {
    const { status, body } = await change(json);
    expect([status, body.details.length > 0]).toEqual([400, true]);
  });

  it('are not changed below level 4', async () => {
    const reader = await server.newMember(owner, 'readOnly');
    expect((await change({ name: 'By a reader' }, reader)).status).toBe(403);
  });
});
