/** Guarantee: no caller creates, by any path, a key or an account more powerful than itself. */

import { MoreThan, Not } from 'typeorm';
import { ROLE_NAMES, ROLES, type Role } from '../../src/access/levels.js';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import type { RequestOptions } from '../support/http.js';
import { TestServer, type User } from '../support/server.js';

const LEVELS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** What an order for a personal key leads to: the levels the key is then good for, or the refusal. */
type Result = number[] | string;

/** What it has to lead to: making keys takes level 4, and no key is stronger than its maker. */
function rule(maker: number, requested: number): Result {
  if (maker < 4) return '403 insufficientAccessLevel';
  if (requested > maker) return '400 keyLevelExceedsRoleLevel';
  return LEVELS.filter((required) => required <= requested);
}

describe('no path creates a key above its creator', () => {
  let server: TestServer;
  const members = new Map<Role, User>();
  beforeAll(async () => {
    server = await TestServer.start();
    for (const role of ROLE_NAMES) members.set(role, await server.newMember(server.admin, role));
  });
  afterAll(() => server.stop());

  const member = (role: Role): User => members.get(role) ?? server.admin;

  /** The levels that a key is accepted for. */
  async function levelsOf(credential: RequestOptions): Promise<number[]> {
    const accepted: number[] = [];
    for (const required of LEVELS) {
      const { status, headers } = await server.call('GET', `/api/v1/keys/check?level=${required}`, credential);
      expect([204, 403]).toContain(status);
      if (status !== 204) continue;
      accepted.push(required);
      expect(Number(headers['x-key-level'])).toBeGreaterThanOrEqual(required);
    }
    return accepted;
  }

  async function order(path: string, maker: RequestOptions, level: number): Promise<Result> {
    const json = { name: `A key of level ${level}`, level, expiresIn: 3600 };
    const { status, body } = await server.call('POST', path, { ...maker, json });
    if (status !== 201) return `${status} ${body.error}`;
    expect(body.apikey.level).toBe(level);
    return levelsOf({ basic: `${body.apikey.key}:${body.apikey.secret}` });
  }

  async function orderAll(path: string, maker: RequestOptions): Promise<Result[]> {
    const results: Result[] = [];
    for (const requested of LEVELS) results.push(await order(path, maker, requested));
    return results;
  }

  it.each(LEVELS)('a personal key of level %i creates keys up to its level, for every level', async (level) => {
    const { basic } = await server.newPersonalKey(server.admin, level);
    expect(await orderAll('/apikeys/key', { basic })).toEqual(LEVELS.map((requested) => rule(level, requested)));
  });

  it.each(ROLE_NAMES)('the role %s creates keys up to its level, for every level', async (role) => {
    const { token } = member(role);
    expect(await orderAll('/apikeys/jwt', { token })).toEqual(LEVELS.map((requested) => rule(ROLES[role], requested)));
  });

  it.each(ROLE_NAMES)('the role %s creates keys of the other surfaces with level 4, or none', async (role) => {
    const { token } = member(role);
    const applicationId = await server.newApplication(server.admin);
    const service = await server.call('POST', '/api/clients/generate-service-id', { token });
    const json = { service_id: service.body.data.SERVICE_ID };
    const pair = await server.call('POST', '/api/clients/generate-api-key', { token, json });
    const path = `/api/v1/applications/${applicationId}/api-keys`;
    const full = await server.call('POST', path, { token, json: { description: 'A key' } });
    if (ROLES[role] < 4) {
      expect([pair.status, full.status]).toEqual([403, 403]);
      return;
    }
    expect([pair.status, full.status]).toEqual([201, 201]);
    const list = await server.call('GET', '/api/clients/api-keys', { token });
    const { apikey, apisecret } = list.body.data.find(({ id }: { id: string }) => id === pair.body.data.id);
    expect(await levelsOf({ basic: `${apikey}:${apisecret}` })).toEqual([0, 1, 2, 3, 4]);
    expect(await levelsOf({ token: full.body.fullKey })).toEqual([0, 1, 2, 3, 4]);
  });

  it('a key of another surface creates no personal key', async () => {
    const { apikey, apisecret } = await server.newPair(server.admin);
    const { fullKey } = await server.newFullKey(server.admin, await server.newApplication(server.admin));
    for (const basic of [`${apikey}:${apisecret}`, `${fullKey}:`]) {
      expect(await orderAll('/apikeys/key', { basic })).toEqual(LEVELS.map(() => '403 insufficientAccessLevel'));
    }
  });

  it("a personal key is never valid above its owner's present role", async () => {
    const owner = await server.newMember(server.admin, 'support');
    const [weak, strong] = [await server.newPersonalKey(owner, 1), await server.newPersonalKey(owner, 2)];
    const role = { token: server.admin.token, json: { role: 'readSome' } };
    expect(await levelsOf({ basic: strong.basic })).toEqual([0, 1, 2]);
    expect((await server.call('PATCH', `/api/v1/members/${owner.uuid}`, role)).status).toBe(200);
    expect(await levelsOf({ basic: weak.basic })).toEqual([0, 1]);
    expect((await server.call('GET', '/api/v1/keys/check', { basic: strong.basic })).status).toBe(401);
  });

  it.each(ROLE_NAMES)('the role %s invites nobody above itself', async (role) => {
    const { token } = member(role);
    for (const invited of ROLE_NAMES) {
      const json = { email: `${invited}-by-${role}@shop.example`, role: invited };
      const { status } = await server.call('POST', '/api/v1/members', { token, json });
      expect([invited, status]).toEqual([invited, ROLES[role] >= 4 && ROLES[invited] <= ROLES[role] ? 201 : 403]);
    }
  });

  it('no stored key of the clients or merchants surface is above level 4', async () => {
    const keys = server.dataSource.getRepository(ApiKey);
    expect(await keys.countBy({ surface: Not('accounts') })).toBeGreaterThan(0);
    expect(await keys.countBy({ surface: Not('accounts'), level: MoreThan(4) })).toBe(0);
  });
});
