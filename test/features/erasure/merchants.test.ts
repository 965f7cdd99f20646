/**
 * Guarantees of the deletion of merchants: nobody accepts its keys and tokens once it is answered, nothing of it is left afterwards but an audit trail
 * without personal data, which still verifies, and whoever runs the server stays.
 */

import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { Merchant } from '../../../src/accounts/merchant.entity.js';
import { hashOfEvent, type ShownEvent } from '../../support/audit-trail.js';
import { TestServer, type Pair, type User } from '../../support/server.js';

describe('the deletion of a merchant', () => {
  let server: TestServer;
  let owner: User;
  let member: User;
  let neighbour: User;
  let fullKey: string;
  let neighboursKey: string;
  let pair: Pair;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
    member = await server.newMember(owner, 'user');
    neighbour = await server.newMerchant();
    const application = await server.newApplication(owner);
    ({ fullKey } = await server.newFullKey(owner, application, {
      quota: { limit: 10, period: 'day' },
      externalId: 'customer-1',
    }));
    ({ fullKey: neighboursKey } = await server.newFullKey(neighbour, await server.newApplication(neighbour)));
    pair = await server.newPair(owner);
    await server.newPersonalKey(member);
    const { token } = owner;
    const endpoint = { url: 'https://93.184.215.14/hooks', events: ['api_key.created'] };
    await server.call('POST', '/api/v1/webhooks', { token, json: endpoint });
    await server.call('PUT', '/api/v1/shared-limits/customer-1', {
      token,
      json: { quota: { limit: 100, period: 'day' } },
    });
    await server.call('PUT', '/api/v1/merchants/me/exposure-policy', { token, json: { reported: 'disable' } });
    expect(await check(fullKey)).toBe(204);
    await server.flushed();
    await server.sealed();
  });
  afterAll(() => server.stop());

  const check = async (key: string): Promise<number> =>
    (await server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': key } })).status;
  const remove = (id: string, query = '', { token }: Pick<User, 'token'> = server.admin) =>
    server.call('DELETE', `/api/v1/merchants/${id}${query}`, { token });

  it('counts what would go in a dry run, and changes nothing', async () => {
    const { status, body } = await remove(owner.merchantId, '?dryRun=true');
    expect([status, body]).toEqual([
      202,
      {
        id: owner.merchantId,
        name: 'Example Shop Ltd',
        dryRun: true,
        keys: 3,
        applications: 1,
        members: 2,
        webhooks: 1,
      },
    ]);
    expect(await check(fullKey)).toBe(204);
  });

  it.each([
    ['one that does not exist', () => '00000000-0000-4000-8000-000000000000', 404, 'merchant.not_found'],
    ['the own one', () => server.admin.merchantId, 409, 'merchant.own'],
  ])('refuses %s', async (_, id, status, code) => {
    for (const query of ['', '?dryRun=true']) {
      const answer = await remove(id(), query);
      expect([answer.status, answer.headers['x-error-code']]).toEqual([status, code]);
    }
  });

  it('refuses a merchant with members who run the server', async () => {
    const staff = await server.newMerchant();
    const colleague = await server.newMember(staff, 'user');
    const path = `/api/v1/members/${colleague.uuid}`;
    await server.call('PATCH', path, { token: server.admin.token, json: { role: 'support' } });
    expect((await remove(staff.merchantId)).headers['x-error-code']).toBe('merchant.operators');
    await server.call('PATCH', path, { token: server.admin.token, json: { role: 'user' } });
    expect((await remove(staff.merchantId, '?dryRun=true')).status).toBe(202);
  });

  it('is for level 8 alone', async () => {
    expect((await remove(neighbour.merchantId, '', owner)).status).toBe(403);
    expect((await remove(owner.merchantId, '', owner)).status).toBe(403);
  });

  it('has no key and no token accepted once it is answered, and cannot be taken back', async () => {
    const { status, body } = await remove(owner.merchantId);
    expect([status, body.dryRun]).toEqual([202, false]);
    expect(await check(fullKey)).toBe(401);
    expect(await check(neighboursKey)).toBe(204);
    for (const { token } of [owner, member])
      expect((await server.call('GET', '/api/v1/merchants/me', { token })).status).toBe(403);
    const login = await server.call('POST', '/api/v1/auth/login', {
      json: { username: owner.email, password: owner.password },
    });
    expect(login.status).toBeGreaterThanOrEqual(401);
    const { token } = server.admin;
    const shown = await server.call('GET', `/api/v1/merchants/${owner.merchantId}`, { token });
    expect(shown.body.status).toBe('deleting');
    const unblock = await server.call('PATCH', `/api/v1/merchants/${owner.merchantId}`, {
      token,
      json: { status: 'active' },
    });
    expect(unblock.headers['x-error-code']).toBe('merchant.deleting');
    expect((await remove(owner.merchantId)).status).toBe(202);
  });

  it('leaves nothing but a trail without personal data, which verifies', async () => {
    const dry = await server.keepHouse('merchant_deletions', 'dryRun');
    expect(dry?.counts).toMatchObject({ keys: 3, members: 2, applications: 1 });
    const { counts } = (await server.keepHouse('merchant_deletions')) ?? {};
    expect(counts).toMatchObject({
      keys: 3,
      members: 2,
      applications: 1,
      webhook_endpoints: 1,
      shared_limits: 1,
      services: 1,
      merchants: 1,
    });
    await server.sealed();
    await server.flushed();
    await server.keepHouse('audit_traces');
    const { token } = server.admin;
    expect((await server.call('GET', `/api/v1/merchants/${owner.merchantId}`, { token })).status).toBe(404);
    const query = `?merchantId=${owner.merchantId}`;
    const verified = await server.call('GET', `/api/v1/audit-events/verify${query}`, { token });
    expect(verified.body).toMatchObject({ valid: true, problems: [] });
    expect(verified.body.erased).toBe(verified.body.entries);
    const { body } = await server.call('GET', `/api/v1/audit-events${query}&limit=100`, { token });
    const events = body.items as ShownEvent[];
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['merchant.created', 'account.created', 'merchant.deleted']),
    );
    for (const event of events) {
      expect([event.actor.username, event.address, event.userAgent]).toEqual([null, null, null]);
      expect(hashOfEvent(event)).toBe(event.hash);
    }
  });

  it('leaves no name, address, key or number of the merchant anywhere else', async () => {
    const { dataSource } = server;
    for (const { tableName, name } of dataSource.entityMetadatas) {
      const rows = await dataSource.query<object[]>(`SELECT * FROM ${tableName}`);
      const ofOthers =
        name === 'AuditEvent' ? rows.filter((row) => !JSON.stringify(row).includes(owner.merchantId)) : rows;
      // What caches forget is kept by its id for half an hour.
      if (name === 'KeyChange') continue;
      if (name !== 'AuditChain')
        expect([name, JSON.stringify(ofOthers).includes(owner.merchantId)]).toEqual([name, false]);
      const text = JSON.stringify(ofOthers);
      for (const trace of [owner.email, member.email, owner.uuid, member.uuid, pair.apikey, 'customer-1'])
        expect([name, trace, text.includes(trace)]).toEqual([name, trace, false]);
    }
    const merchants = server.dataSource.getRepository(Merchant);
    expect(await merchants.existsBy({ id: owner.merchantId })).toBe(false);
    expect(await merchants.existsBy({ id: neighbour.merchantId })).toBe(true);
    expect(await check(neighboursKey)).toBe(204);
  });

  it('finds an erased event that was changed afterwards', async () => {
    const events = server.dataSource.getRepository(AuditEvent);
    const { token } = server.admin;
    const event = await events.findOneByOrFail({ merchantId: owner.merchantId, action: 'merchant.created' });
    for (const forged of [
      { address: '10.0.0.1' },
      { details: { name: 'Another' } },
      { personalDigest: 'f'.repeat(64) },
    ]) {
      await events.update({ id: event.id }, forged);
      const path = `/api/v1/audit-events/verify?merchantId=${owner.merchantId}`;
      expect((await server.call('GET', path, { token })).body.valid).toBe(false);
      const { address, details, personalDigest } = event;
      await events.update({ id: event.id }, { address, details, personalDigest });
      expect((await server.call('GET', path, { token })).body.valid).toBe(true);
    }
  });
});
