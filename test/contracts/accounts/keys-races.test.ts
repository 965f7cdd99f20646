/** Contract F29 under concurrency: no key above its owner's rights survives, whatever is created while the rights are withdrawn. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Account } from '../../../src/accounts/account.entity.js';
import type { Answer } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';
import { lockRow } from '../../../src/platform/database/row-locks.js';

/** How long a request may take to come to where it has to wait. */
const ARRIVAL_MS = 150;

const LEVELS = [0, 1, 2, 3, 4];

describe('accounts surface: keys created while their owner loses rights', () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const changeMember = ({ uuid }: User, json: object) =>
    server.call('PATCH', `/api/v1/members/${uuid}`, { token: owner.token, json });
  const create = ({ token }: User, level: number) =>
    server.call('POST', '/apikeys/jwt', { token, json: { name: 'A key', level, expiresIn: 60 } });

  /** Starts some requests, then some others, while none of them can change the member, and waits for all. */
  async function inThisOrder(member: User, ...batches: (() => Promise<Answer>[])[]): Promise<Answer[][]> {
    const started: Promise<Answer>[][] = [];
    await server.dataSource.transaction(async (manager) => {
      await lockRow(manager, Account, member.accountId);
      for (const start of batches) {
        started.push(start());
        await sleep(ARRIVAL_MS);
      }
    });
    return Promise.all(started.map((batch) => Promise.all(batch)));
  }

  /** Every key that was answered works if it is weak enough, and is dead if it isn't; none beside them is alive. */
  async function expectNoneAbove(level: number, member: User, made: Answer[]): Promise<void> {
    for (const { body } of made.filter(({ status }) => status === 201)) {
      const { key, secret, level: its } = body.apikey;
      const { status } = await server.call('GET', '/whoami/key', { basic: `${key}:${secret}` });
      expect(status).toBe(its > level ? 401 : 200);
    }
    const alive = await server.dataSource.query<unknown[]>(
      'SELECT level FROM api_key WHERE account_id = ? AND deleted_at IS NULL AND level > ?',
      [member.accountId, level],
    );
    expect(alive).toEqual([]);
  }

  const CHANGES: [string, number, (member: User) => Promise<Answer>][] = [
    ['the role is lowered', 2, (member) => changeMember(member, { role: 'readOnly' })],
    ['the account is disabled', -1, (member) => changeMember(member, { status: 'disabled' })],
    ['consent is withdrawn', -1, ({ token }) => server.call('PATCH', '/account/jwt', { token, json: { consent: 0 } })],
  ];

  it.each(CHANGES)(
    'F29: when %s, requests admitted before create no key above level %d afterwards',
    async (_, left, change) => {
      const member = await server.newMember(owner, 'user');
      const [changed = [], made = []] = await inThisOrder(
        member,
        () => [change(member)],
        () => LEVELS.map((level) => create(member, level)),
      );
      expect(changed.map(({ status }) => status)).toEqual([200]);
      expect(made.map(({ status }) => status)).toEqual(LEVELS.map((level) => (level > left ? 400 : 201)));
      await expectNoneAbove(left, member, made);
    },
  );

  it.each(CHANGES)(
    'F29: when %s, keys above level %d that were created just before are deleted',
    async (_, left, change) => {
      const member = await server.newMember(owner, 'user');
      const before = await Promise.all(LEVELS.map((level) => create(member, level)));
      // One at a time waits for the account; those that come meanwhile would be made after it, together, and so after the change.
      const [made = [], changed = []] = await inThisOrder(
        member,
        () => [create(member, Math.max(...LEVELS))],
        () => [change(member)],
      );
      expect([...before, ...made, ...changed].map(({ status }) => status)).toEqual([
        ...LEVELS.map(() => 201),
        201,
        200,
      ]);
      await expectNoneAbove(left, member, [...before, ...made]);
    },
  );

  it.each(CHANGES)('F29: when %s amid many requests, no key above level %d remains', async (_, left, change) => {
    const member = await server.newMember(owner, 'user');
    const some = () => Array.from({ length: 10 }, (__, n) => create(member, n % LEVELS.length));
    const before = some();
    const changing = change(member);
    const made = await Promise.all([...before, ...some()]);
    expect((await changing).status).toBe(200);
    // A lower role ends the session of the token: 401.
    expect(made.every(({ status }) => [201, 400, 401, 403].includes(status))).toBe(true);
    await expectNoneAbove(left, member, made);
  });
});
