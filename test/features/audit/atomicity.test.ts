/** Guarantee: no change is committed without its audit record. */

import { Not } from 'typeorm';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { Application } from '../../../src/applications/application.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { Transactions } from '../../../src/platform/database/transactions/transactions.js';
import { TestServer, type Pair, type PersonalKey, type User } from '../../support/server.js';

describe('a change without its audit record', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let fullKey: { id: string; fullKey: string };
  let pair: Pair;
  let personal: PersonalKey;
  let service: string;
  const counts = async (): Promise<number[]> => {
    const { manager } = server.dataSource;
    return [await manager.count(ApiKey), await manager.count(Application)];
  };
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
    fullKey = await server.newFullKey(user, application);
    pair = await server.newPair(user);
    personal = await server.newPersonalKey(user);
    const { body } = await server.call('POST', '/api/clients/generate-service-id', { token: user.token });
    service = body.data.SERVICE_ID;
    await server.dataSource.query('ALTER TABLE audit_event RENAME TO audit_event_lost');
  });
  afterAll(async () => {
    await server.dataSource.query('ALTER TABLE audit_event_lost RENAME TO audit_event');
    await server.stop();
  });

  const CREATIONS: [path: () => string, json: () => object][] = [
    [() => '/apikeys/jwt', () => ({ name: 'A key', level: 1, expiresIn: 60 })],
    [() => '/api/clients/generate-api-key', () => ({ service_id: service })],
    [() => `/api/v1/applications/${application}/api-keys`, () => ({ description: 'A key' })],
    [() => '/api/v1/applications', () => ({ name: 'Another' })],
  ];
  const create = async ([path, json]: (typeof CREATIONS)[number]) =>
    (await server.call('POST', path(), { token: user.token, json: json() })).status;

  it('is not made: nothing is created', async () => {
    const before = await counts();
    for (const creation of CREATIONS) expect(await create(creation)).toBe(500);
    expect(await counts()).toEqual(before);
  });

  it('is not made: nothing is deleted', async () => {
    const paths = [
      `/apikeys/${personal.key}/jwt`,
      `/api/clients/api-keys/${pair.id}`,
      `/api/v1/applications/${application}/api-keys/${fullKey.id}`,
      `/api/v1/applications/${application}`,
    ];
    for (const path of paths) expect((await server.call('DELETE', path, { token: user.token })).status).toBe(500);
    for (const credential of [
      { basic: personal.basic },
      { basic: `${pair.apikey}:${pair.apisecret}` },
      { token: fullKey.fullKey },
    ]) {
      expect((await server.call('GET', '/api/v1/keys/check', credential)).status).toBe(204);
    }
  });

  it('is not made: nothing is changed', async () => {
    const { token } = user;
    const path = `/api/v1/applications/${application}`;
    const { body: before } = await server.call('GET', path, { token });
    expect((await server.call('PATCH', path, { token, json: { name: 'New name' } })).status).toBe(500);
    expect((await server.call('PATCH', `${path}/status`, { token, json: { isEnabled: false } })).status).toBe(500);
    expect((await server.call('GET', path, { token })).body).toEqual(before);
  });

  it('is visible to no other caller until it is committed', async () => {
    const { token } = user;
    const namesSeen = async (): Promise<string[]> =>
      (await server.call('GET', '/api/v1/applications', { token })).body.items.map(({ name }: Application) => name);
    const before = await namesSeen();
    await server.app.get(Transactions).run(async ({ manager }) => {
      await manager.update(Application, { id: application }, { name: 'Uncommitted' });
      expect(await namesSeen()).toEqual(before);
    });
    expect(await namesSeen()).toEqual(['Uncommitted']);
  });

  it('is made completely once the record can be written again', async () => {
    const before = await counts();
    await server.dataSource.query('ALTER TABLE audit_event_lost RENAME TO audit_event');
    // What the checks above used for the first time is written down now, too.
    const count = () => server.dataSource.manager.countBy(AuditEvent, { action: Not('api_key.first_used') });
    const events = await count();
    for (const creation of CREATIONS) expect(await create(creation)).toBe(201);
    expect(await count()).toBe(events + CREATIONS.length);
    await server.dataSource.query('ALTER TABLE audit_event RENAME TO audit_event_lost');
    expect(await counts()).toEqual([(before[0] ?? 0) + 3, (before[1] ?? 0) + 1]);
  });
});
