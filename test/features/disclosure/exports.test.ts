/** Guarantees of exports: everything that is stored about a merchant or a person is in them, each as its schema says, and no secret and nobody else. */

import { readDocument } from '../../support/openapi.js';
import { TestServer, type PersonalKey, type User } from '../../support/server.js';

interface Line {
  type: string;
  data: {
    id: string;
    schemas: Record<string, string>;
    actor: { memberId: string; username: string | null };
    target: { id: string };
    address: string | null;
    userAgent: string | null;
  };
}

interface Schema {
  $ref?: string;
  properties?: object;
  allOf?: Schema[];
}

const nameIn = (reference: string): string => reference.split('/').at(-1) ?? '';

describe('exports', () => {
  let server: TestServer;
  let owner: User;
  let member: User;
  let neighbour: User;
  let keys: { id: string; fullKey: string }[];
  let membersKey: PersonalKey;
  beforeAll(async () => {
    server = await TestServer.start({ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/24' });
    owner = await server.newMerchant();
    member = await server.newMember(owner, 'user');
    neighbour = await server.newMerchant();
    const application = await server.newApplication(owner);
    keys = [];
    for (let i = 0; i < 5; i += 1) keys.push(await server.newFullKey(owner, application, { externalId: 'customer-1' }));
    await server.newFullKey(neighbour, await server.newApplication(neighbour));
    await server.newPair(owner);
    membersKey = await server.newPersonalKey(member);
    const { token } = owner;
    await server.call('PUT', '/api/v1/shared-limits/customer-1', {
      token,
      json: { quota: { limit: 100, period: 'day' } },
    });
    const endpoint = { url: 'http://127.0.0.1:9/hooks', events: ['api_key.created'] };
    await server.call('POST', '/api/v1/webhooks', { token, json: endpoint });
    await server.sealed();
  });
  afterAll(() => server.stop());

  const read = async (path: string, { token }: Pick<User, 'token'>): Promise<Line[]> => {
    const { status, headers, text } = await server.call('GET', path, { token });
    expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  };
  const countByType = (lines: Line[]): Record<string, number> =>
    lines.reduce<Record<string, number>>((all, { type }) => ({ ...all, [type]: (all[type] ?? 0) + 1 }), {});

  /** Each line has the properties that its schema requires, and none that it doesn't name. */
  function expectSchemas([head, ...lines]: Line[]): void {
    expect(head?.type).toBe('export');
    const { components } = readDocument() as { components: { schemas: Record<string, Schema> } };
    const propertiesOf = ({ $ref = '', properties = {}, allOf = [] }: Schema): object =>
      $ref
        ? propertiesOf(components.schemas[nameIn($ref)] ?? {})
        : Object.assign({}, properties, ...allOf.map(propertiesOf));
    for (const { type, data } of lines) {
      const schema = components.schemas[nameIn(head?.data.schemas[type] ?? '')];
      const known = Object.keys(propertiesOf(schema ?? {}));
      expect([type, Object.keys(data).filter((property) => !known.includes(property))]).toEqual([type, []]);
    }
  }

  it('of a merchant hold all that it has, by itself and by the operator, and no secret', async () => {
    const own = await read('/api/v1/merchants/me/export', owner);
    expect(countByType(own)).toMatchObject({
      export: 1,
      merchant: 1,
      member: 2,
      application: 1,
      api_key: 6,
      shared_limit: 1,
      webhook: 1,
    });
    expect(countByType(own).audit_event).toBeGreaterThan(10);
    expectSchemas(own);
    const text = JSON.stringify(own);
    for (const { id, fullKey } of keys) expect([text.includes(id), text.includes(fullKey)]).toEqual([true, false]);
    expect(text).not.toContain(neighbour.merchantId);
    const byOperator = await read(`/api/v1/merchants/${owner.merchantId}/export`, server.admin);
    expect(countByType(byOperator)).toMatchObject({ member: 2, api_key: 7 });
  });

  it('of a person hold what the person has and did, and no secret', async () => {
    const lines = await read('/api/v1/members/me/export', member);
    expect(countByType(lines)).toMatchObject({ export: 1, account: 1, member: 1, session: 1, personal_key: 1 });
    expect(countByType(lines).audit_event).toBeGreaterThan(2);
    expectSchemas(lines);
    const text = JSON.stringify(lines);
    expect([text.includes(membersKey.key), text.includes(membersKey.secret)]).toEqual([true, false]);
    const events = lines.filter(({ type }) => type === 'audit_event').map(({ data }) => data);
    for (const { actor, target } of events) expect([actor.memberId, target.id]).toContain(member.uuid);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const byOthers = events.filter(({ actor }) => actor.memberId !== member.uuid);
    expect(byOthers.some(({ actor }) => actor.memberId === owner.uuid)).toBe(true);
    for (const { actor, address, userAgent } of byOthers)
      expect([actor.username, address, userAgent]).toEqual([null, null, null]);
    expect(events.some(({ actor, address }) => actor.username === member.email && address !== null)).toBe(true);
  });

  it('of others are refused', async () => {
    for (const user of [owner, neighbour])
      expect(
        (await server.call('GET', `/api/v1/merchants/${owner.merchantId}/export`, { token: user.token })).status,
      ).toBe(403);
    const path = '/api/v1/merchants/00000000-0000-4000-8000-000000000000/export';
    expect((await server.call('GET', path, { token: server.admin.token })).status).toBe(404);
    const reader = await server.newMember(owner, 'readOnly');
    expect((await server.call('GET', '/api/v1/merchants/me/export', { token: reader.token })).status).toBe(403);
    expect((await server.call('GET', '/api/v1/members/me/export', { token: reader.token })).status).toBe(200);
  });
});
