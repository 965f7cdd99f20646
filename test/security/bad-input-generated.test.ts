/**
 * Guarantee: 3,000 generated hostile requests to all operations on SQLite, and a third of that on other engines, lead to no crash, no late answer,
 * no wrong envelope, and no harm.
 */

import fc from 'fast-check';
import { In, IsNull, Not } from 'typeorm';
import { Account } from '../../src/accounts/account.entity.js';
import { Merchant } from '../../src/accounts/merchant.entity.js';
import { AuditEvent } from '../../src/audit/audit-event.entity.js';
import { expectEnvelope } from '../support/envelope.js';
import { requestsAt, type HostileRequest, type THINGS } from '../support/hostile.js';
import type { Answer, RequestOptions } from '../support/http.js';
import { OPERATIONS } from '../support/operations.js';
import { TestServer, type User } from '../support/server.js';

const REQUESTS = 3000;

/** Each run sends this many requests at once. */
const AT_ONCE = 5;
const RUNS = Math.ceil(REQUESTS / AT_ONCE / OPERATIONS.length);

/** What reaches other engines than SQLite is tried with every third operation there: most is refused before. */
const TRIED = OPERATIONS.filter((_, index) => ENGINE === 'sqlite' || index % 3 === 0);

/** Each engine gets requests of its own. */
const SEEDS = { sqlite: 20_261_121, mariadb: 20_261_122, mysql: 20_261_123 };

describe('generated invalid input', () => {
  let server: TestServer;
  let users: Record<'weak' | 'owner' | 'admin', User>;
  let keys: Record<keyof typeof users, string>;
  let ids: Record<(typeof THINGS)[number], string>;
  const statuses = new Map<number, number>();
  let slowestMs = 0;
  /** Whether anything may have changed since the users and their things were made. */
  let isChanged = true;
  beforeAll(async () => {
    server = await TestServer.start({ EXPOSURE_RATE_LIMIT_PER_MINUTE: '0' });
    const owner = await server.newMerchant();
    users = { owner, weak: await server.newMember(owner, 'readOnly'), admin: server.admin };
  });
  // What one operation destroys is there again for the next.
  beforeEach(async () => {
    if (!isChanged) return;
    isChanged = false;
    await server.dataSource.getRepository(Merchant).update({ id: Not(IsNull()) }, { secondFactorDemandedAt: null });
    for (const [name, { email, password }] of Object.entries(users))
      users[name as keyof typeof users] = await server.logIn(email, password);
    const { owner, admin } = users;
    server.admin = admin;
    for (const { token } of [owner, admin]) await server.call('PATCH', '/account/jwt', { token, json: { consent: 1 } });
    const keyOf = async (user: User, level: number) => (await server.newPersonalKey(user, level)).basic;
    keys = { weak: await keyOf(owner, 2), owner: await keyOf(owner, 4), admin: await keyOf(admin, 8) };
    const application = await server.newApplication(owner);
    ids = {
      application,
      fullKey: (await server.newFullKey(owner, application)).id,
      pair: (await server.newPair(owner)).id,
      personalKey: (await server.newPersonalKey(owner)).key,
      member: (await server.newMember(owner, 'readSome')).uuid,
      merchant: (await server.newMerchant()).merchantId,
    };
  });
  afterAll(() => server.stop());

  function credentialOf(caller: HostileRequest['caller'], path: string): RequestOptions {
    if (caller === 'nobody') return {};
    if (caller === 'garbage') return { token: 'garbage' };
    return /\/(key|check|token)(\?|$)/.test(path) ? { basic: keys[caller] } : { token: users[caller].token };
  }

  async function sendHostile({ method, path, caller, options }: HostileRequest): Promise<Answer> {
    const realPath = path.replaceAll(/\$(\w+)/g, (_, thing: keyof typeof ids) => ids[thing]);
    const start = performance.now();
    const answer = await server.call(method, realPath, { ...credentialOf(caller, path), ...options });
    slowestMs = Math.max(slowestMs, performance.now() - start);
    if (answer.status < 400 && method !== 'GET' && method !== 'HEAD') isChanged = true;
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    return answer;
  }

  it.each(TRIED)('$method $path answers every request with a success or a refusal', async (operation) => {
    const requests = fc.array(requestsAt(operation), { minLength: AT_ONCE, maxLength: AT_ONCE });
    await fc.assert(
      fc.asyncProperty(requests, async (hostile) => {
        const answers = await Promise.all(hostile.map(sendHostile));
        for (const [index, answer] of answers.entries()) {
          const { method = '', path = '' } = hostile[index] ?? {};
          expect(answer.status).toBeLessThan(500);
          if (answer.status >= 400 && method !== 'HEAD') expectEnvelope(path, answer);
        }
      }),
      { numRuns: RUNS, seed: SEEDS[ENGINE] },
    );
  });

  it('led to every kind of answer, none of them late', () => {
    const count = [...statuses.values()].reduce((sum, each) => sum + each, 0);
    expect(count).toBeGreaterThanOrEqual(TRIED.length * RUNS * AT_ONCE);
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 204, 400, 401, 403, 404]));
    expect(slowestMs).toBeLessThan(5000);
  });

  it('harmed neither the process nor the data', async () => {
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(await madeAdminsUnlawfully(server)).toEqual([]);
    for (const { email, password } of Object.values(users)) {
      const { token } = await server.logIn(email, password);
      expect((await server.call('GET', '/api/clients/api-keys', { token })).status).toBe(200);
    }
  });
});

/** Accounts that were made administrators by an account that was none at that moment, according to the audit trail. */
async function madeAdminsUnlawfully(server: TestServer): Promise<string[]> {
  const accounts = await server.dataSource.getRepository(Account).find();
  const numbers = new Map(accounts.map(({ uuid, id }) => [uuid, id]));
  const admins = new Set<number | undefined>([server.admin.accountId]);
  const actions = In(['account.created', 'account.power_changed']);
  const events = await server.dataSource.getRepository(AuditEvent).find({
    where: { action: actions },
    order: { createdAt: 'ASC' },
  });
  return events.flatMap(({ actorKind, actorAccountId, targetId, details }) => {
    if (details.role !== 'admin' || actorKind === 'system' || actorKind === 'visitor') return [];
    const isLawful = admins.has(actorAccountId ?? undefined);
    admins.add(numbers.get(targetId));
    return isLawful ? [] : [targetId];
  });
}
