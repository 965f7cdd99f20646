/** Guarantees of the deletion of one's own account: what it had ends at once, and what the trail says of the person is erased. */

import { OneTimeLink } from '../../../src/accounts/links/one-time-link.entity.js';
import { LoginSession } from '../../../src/accounts/sessions/login-session.entity.js';
import { NotificationChoice } from '../../../src/notifications/notification-choice.entity.js';
import { hashOfEvent, type ShownEvent } from '../../support/audit-trail.js';
import { TestServer, type User } from '../../support/server.js';

describe('the deletion of the own account', () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const remove = ({ token, password }: User, json: object = { currentPassword: password }) =>
    server.call('POST', '/account/delete/jwt', { token, json });
  const trail = async (): Promise<ShownEvent[]> => {
    await server.sealed();
    const { text } = await server.call('GET', '/api/v1/audit-events/export', { token: owner.token });
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ShownEvent);
  };

  it('needs the current password', async () => {
    const member = await server.newMember(owner, 'user');
    for (const [json, error] of [
      [{}, 'currentPasswordMissing'],
      [{ currentPassword: 'not this one at all' }, 'currentPasswordWrong'],
      [{ currentPassword: 1 }, 'invalidCurrentPassword'],
      [{ currentPassword: member.password, deleteMerchant: 'yes' }, 'invalidDeleteMerchant'],
    ] as const)
      expect((await remove(member, json)).body).toEqual({ result: 'error', error });
    expect((await server.call('GET', '/whoami/jwt', { token: member.token })).status).toBe(200);
  });

  it('ends sessions and personal keys at once, and has what the trail says of the person erased', async () => {
    const member = await server.newMember(owner, 'user');
    const { basic } = await server.newPersonalKey(member);
    await server.call('PUT', '/api/v1/members/me/notifications', { token: member.token, json: { events: [] } });
    const { fullKey } = await server.newFullKey(member, await server.newApplication(member));
    const use = async (): Promise<number> =>
      (await server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } })).status;
    expect(await use()).toBe(204);
    expect((await remove(member)).body).toEqual({ result: 'success', merchantDeleted: false });
    expect((await server.call('GET', '/whoami/jwt', { token: member.token })).status).toBe(401);
    expect((await server.call('GET', '/account/key', { basic })).status).toBe(401);
    expect(await use()).toBe(204);
    expect(JSON.stringify(await trail())).toContain(member.email);
    expect((await server.keepHouse('audit_traces', 'dryRun'))?.counts.erased).toBeGreaterThan(3);
    expect((await server.keepHouse('audit_traces'))?.counts.erased).toBeGreaterThan(3);
    expect((await server.keepHouse('audit_traces'))?.counts).toEqual({});
    const events = await trail();
    expect(JSON.stringify(events)).not.toContain(member.email);
    for (const event of events) expect(hashOfEvent(event)).toBe(event.hash);
    const own = events.filter(({ actor }) => actor.memberId === member.uuid);
    expect(own.length).toBeGreaterThan(3);
    for (const { address, actor, personalSalt } of own)
      expect([address, actor.username, personalSalt]).toEqual([null, null, null]);
    expect(events.some(({ actor }) => actor.username === owner.email)).toBe(true);
    const { dataSource } = server;
    for (const { tableName, name } of dataSource.entityMetadatas)
      expect([
        name,
        JSON.stringify(await dataSource.query(`SELECT * FROM ${tableName}`)).includes(member.email),
      ]).toEqual([name, false]);
    for (const table of [LoginSession, NotificationChoice, OneTimeLink])
      expect(await dataSource.getRepository(table).existsBy({ accountId: member.accountId })).toBe(false);
    const verified = await server.call('GET', '/api/v1/audit-events/verify', { token: owner.token });
    expect(verified.body).toMatchObject({ valid: true, erased: expect.any(Number) });
    expect(verified.body.erased).toBeGreaterThan(3);
    const again = await server.call('POST', '/api/v1/members', {
      token: owner.token,
      json: { email: member.email, role: 'user' },
    });
    expect(again.status).toBe(201);
  });

  it('keeps the last manager while others are left, and the only member unless the merchant goes, too', async () => {
    const founder = await server.newMerchant();
    await server.newMember(founder, 'readOnly');
    const confirmed = { currentPassword: founder.password, deleteMerchant: true };
    for (const json of [{ currentPassword: founder.password }, confirmed])
      expect((await remove(founder, json)).body).toEqual({ result: 'error', error: 'lastManager' });
    const alone = await server.newMerchant();
    const { fullKey } = await server.newFullKey(alone, await server.newApplication(alone));
    expect((await remove(alone)).body).toEqual({ result: 'error', error: 'lastManager' });
    const both = await remove(alone, { currentPassword: alone.password, deleteMerchant: true });
    expect(both.body).toEqual({ result: 'success', merchantDeleted: true });
    const checked = await server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } });
    expect(checked.status).toBe(401);
    await server.keepHouse('merchant_deletions');
    const { token } = server.admin;
    expect((await server.call('GET', `/api/v1/merchants/${alone.merchantId}`, { token })).status).toBe(404);
  });

  it('leaves the server an administrator', async () => {
    const { token, password } = server.admin;
    for (const json of [{ currentPassword: password }, { currentPassword: password, deleteMerchant: true }]) {
      const { status, body } = await server.call('POST', '/account/delete/jwt', { token, json });
      expect([status, body.result]).toEqual([409, 'error']);
    }
  });
});
