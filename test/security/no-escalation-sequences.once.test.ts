/**
 * Guarantees, over generated sequences of operations: no key is ever valid for more than its creator had when it was granted, and none is changed by
 * a caller that it is stronger than.
 */

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { ROLES, type Role } from '../../src/access/levels.js';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { Transactions } from '../../src/platform/database/transactions/transactions.js';
import { foreignKey, importLines, sha256Row } from '../support/imports.js';
import { TestServer, type User } from '../support/server.js';

const ROLES_TRIED = ['readSome', 'user', 'bughunter', 'support', 'admin'] as const satisfies Role[];
const SCOPES_TRIED = [null, ['payments:*'], ['payments:read'], ['refunds:read']] as const;
const ASKED = ['payments:read', 'payments:write', 'refunds:read'];

type Scopes = readonly string[] | null;

type Command =
  | { do: 'create' | 'import'; level: number; scopes: Scopes }
  | { do: 'patch'; which: number; level?: number; scopes: Scopes }
  | { do: 'personal'; level: number; scopes: Scopes }
  | { do: 'child'; which: number; level: number }
  | { do: 'rotate'; which: number; mode: 'immediately' | 'after_overlap' | 'on_first_use' }
  | { do: 'switch'; which: number; isEnabled: boolean; expiresInSeconds?: number }
  | { do: 'role'; role: (typeof ROLES_TRIED)[number] }
  | { do: 'disable' | 'enable' | 'withdraw' | 'consent' };

const level = fc.integer({ min: 0, max: 8 });
const scopes = fc.constantFrom<Scopes>(...SCOPES_TRIED);
const which = fc.nat(3);
const role = fc.constantFrom(...ROLES_TRIED);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('create' as const, 'import' as const), level, scopes }),
  },
  // Without a level only the scopes change, also those of a key that is stronger than its maker is by now.
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('patch' as const),
      which,
      level: fc.option(level, { nil: undefined, freq: 1 }),
      scopes,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('role' as const), role }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('switch' as const),
      which,
      isEnabled: fc.boolean(),
      expiresInSeconds: fc.constantFrom(undefined, 3600, 7200),
    }),
  },
  fc.record({ do: fc.constant('personal' as const), level, scopes }),
  fc.record({ do: fc.constant('child' as const), which, level }),
  fc.record({
    do: fc.constant('rotate' as const),
    which,
    mode: fc.constantFrom('immediately' as const, 'after_overlap' as const, 'on_first_use' as const),
  }),
  fc.record({ do: fc.constantFrom('disable' as const, 'enable' as const, 'withdraw' as const, 'consent' as const) }),
);

/** After these the maker has a key that is stronger than itself. */
const OVERTAKEN: Command[] = [
  { do: 'role', role: 'admin' },
  { do: 'create', level: 8, scopes: ['payments:read'] },
  { do: 'role', role: 'user' },
];
const beginning = fc.oneof(
  fc.constant(OVERTAKEN),
  role.map((first): Command[] => [{ do: 'role', role: first }]),
);

/** A key, its credentials, and the most that its maker had when its level and its scopes were given. */
interface Given {
  id: string;
  credentials: string[];
  level: number;
  scopes: Scopes;
  isPersonal: boolean;
  isEnabled: boolean;
}

describe('any sequence of changes to keys and their creators', () => {
  let server: TestServer;
  let maker: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    maker = await server.newMember(server.admin, 'user');
  });
  afterAll(() => server.stop());

  const member = (json: object) =>
    server.call('PATCH', `/api/v1/members/${maker.uuid}`, { token: server.admin.token, json });
  const consent = (value: number) =>
    server.call('PATCH', '/account/jwt', { token: maker.token, json: { consent: value } });

  /** A lower role, and the end of its activity, end the maker's sessions. */
  const logInAgain = async (): Promise<void> => {
    maker = await server.logIn(maker.email, maker.password);
  };

  /** One run: what the maker is now, and what it has given. */
  class Run {
    readonly keys: Given[] = [];
    accepted = 0;
    /** Times that a key above its maker's power was to be changed. */
    tooStrong = 0;
    private role: Role = 'user';
    private isEnabled = true;
    private hasConsent = true;

    /** What the maker has at this moment. */
    get power(): number {
      return this.isEnabled && this.hasConsent ? ROLES[this.role] : -1;
    }

    async do(step: Command): Promise<void> {
      const merchantKeys = this.keys.filter(({ isPersonal }) => !isPersonal);
      const personalKeys = this.keys.filter(({ isPersonal }) => isPersonal);
      switch (step.do) {
        case 'create': {
          const json = { description: 'A key', level: step.level, scopes: step.scopes };
          const { status, body } = await server.call('POST', '/api/v1/api-keys', { token: maker.token, json });
          this.expectGift(status, step.level, 4);
          if (status === 201) this.give(body.id, body.fullKey, step.level, step.scopes, false);
          return;
        }
        case 'import': {
          const key = foreignKey();
          const externalId = randomUUID();
          const row = sha256Row(key, { level: step.level, scopes: step.scopes, externalId });
          const { status, body } = await importLines(server, maker, [row]);
          this.expectGift(status === 200 && body.imported === 1 ? 200 : 400, step.level, 4);
          if (body.imported === 1) {
            const { id } = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ externalId });
            this.give(id, key, step.level, step.scopes, false);
          }
          return;
        }
        case 'patch': {
          const key = merchantKeys[step.which % merchantKeys.length];
          if (!key) return;
          const given = step.level ?? key.level;
          const json = { level: step.level, scopes: step.scopes };
          const { status } = await server.call('PATCH', `/api/v1/api-keys/${key.id}`, { token: maker.token, json });
          if (key.level > this.power) this.tooStrong += 1;
          this.expectGift(status, Math.max(given, key.level), 4);
          if (status === 200) Object.assign(key, { level: given, scopes: step.scopes });
          return;
        }
        case 'switch': {
          const key = merchantKeys[step.which % merchantKeys.length];
          if (!key) return;
          const { isEnabled } = step;
          const json = { isEnabled, expiresInSeconds: step.expiresInSeconds };
          const { status } = await server.call('PATCH', `/api/v1/api-keys/${key.id}`, { token: maker.token, json });
          if (key.level > this.power) this.tooStrong += 1;
          this.expectGift(status, key.level, 4);
          if (status === 200) key.isEnabled = isEnabled;
          return;
        }
        case 'personal': {
          const json = { name: 'A key', level: step.level, expiresIn: 3600 };
          const { status, body } = await server.call('POST', '/apikeys/jwt', { token: maker.token, json });
          this.expectGift(status, step.level, 4);
          if (status !== 201) return;
          const { key: id, secret } = body.apikey;
          const narrowed = step.scopes && [...step.scopes];
          await server.app.get(Transactions).run(({ manager }) => manager.update(ApiKey, { id }, { scopes: narrowed }));
          this.give(id, `${id}:${secret}`, step.level, step.scopes, true);
          return;
        }
        case 'child': {
          const parent = personalKeys[step.which % personalKeys.length];
          if (!parent) return;
          const json = { name: 'A child', level: step.level, expiresIn: 3600 };
          const { status, body } = await server.call('POST', '/apikeys/key', { basic: parent.credentials[0], json });
          if (status !== 201) return;
          expect(step.level).toBeLessThanOrEqual(Math.min(parent.level, this.power));
          const { key: id, secret } = body.apikey;
          this.give(id, `${id}:${secret}`, step.level, parent.scopes, true);
          return;
        }
        case 'rotate': {
          const key = merchantKeys[step.which % merchantKeys.length];
          if (!key) return;
          const json = { mode: step.mode, overlapSeconds: step.mode === 'immediately' ? 0 : 3600, endPrevious: true };
          const path = `/api/v1/api-keys/${key.id}/rotate`;
          const { status, body } = await server.call('POST', path, { token: maker.token, json });
          this.expectGift(status, key.level, 4);
          if (status === 201) key.credentials.push(body.fullKey);
          return;
        }
        case 'role':
          if ((await member({ role: step.role })).status !== 200) return;
          this.role = step.role;
          if (this.isEnabled) await logInAgain();
          return;
        case 'disable':
        case 'enable':
          if ((await member({ status: step.do === 'enable' ? 'active' : 'disabled' })).status !== 200) return;
          this.isEnabled = step.do === 'enable';
          if (this.isEnabled) await logInAgain();
          return;
        case 'withdraw':
        case 'consent':
          if ((await consent(step.do === 'consent' ? 1 : 0)).status === 200) this.hasConsent = step.do === 'consent';
      }
    }

    /** What is given is taken if the maker has it, and only then. */
    private expectGift(status: number, given: number, required: number): void {
      const isLawful = this.power >= required && given <= this.power;
      expect([given, this.power, status < 300]).toEqual([given, this.power, isLawful]);
    }

    private give(id: string, credential: string, atMost: number, itsScopes: Scopes, isPersonal: boolean): void {
      this.accepted += 1;
      this.keys.push({ id, credentials: [credential], level: atMost, scopes: itsScopes, isPersonal, isEnabled: true });
    }

    /** No key is valid for more than was granted to it, and no personal one for more than its owner has now. */
    async check(): Promise<void> {
      const all = this.keys.flatMap((key) =>
        key.credentials.flatMap((credential) => ASKED.map((scope) => ({ key, credential, scope }))),
      );
      for (let from = 0; from < all.length; from += 100) {
        const part = all.slice(from, from + 100);
        const json = { keys: part.map(({ credential, scope }) => ({ key: credential, scopes: [scope] })) };
        const { body } = await server.call('POST', '/api/v1/keys/verify/batch', { token: server.admin.token, json });
        for (const [index, { key, scope }] of part.entries()) {
          const { outcome, level: found } = body.results[index];
          if (outcome !== 'VALID') continue;
          expect(key.isEnabled).toBe(true);
          expect(found).toBeLessThanOrEqual(key.level);
          if (key.isPersonal) expect(found).toBeLessThanOrEqual(this.power);
          const isHeld = key.scopes?.some(
            (one) => one === scope || (one === 'payments:*' && scope.startsWith('payments:')),
          );
          expect([scope, key.scopes, isHeld ?? true]).toEqual([scope, key.scopes, true]);
        }
      }
    }
  }

  it('leaves no key valid for more than its creator had when it was granted, and no personal key for more than its owner has', async () => {
    let accepted = 0;
    let tooStrong = 0;
    await fc.assert(
      fc.asyncProperty(beginning, fc.array(command, { minLength: 4, maxLength: 12 }), async (first, commands) => {
        await member({ role: 'user', status: 'active' });
        await logInAgain();
        await consent(1);
        const run = new Run();
        for (const step of [...first, ...commands]) {
          await run.do(step);
          await run.check();
        }
        accepted += run.accepted;
        tooStrong += run.tooStrong;
      }),
      { numRuns: 45, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(50);
    expect(tooStrong).toBeGreaterThan(3);
  }, 90_000);
});
