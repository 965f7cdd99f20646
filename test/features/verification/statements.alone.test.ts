/**
 * Guarantees: no SQL per verification of a known key or of garbage, one statement for an unknown key, and bounded memory. Runs alone
 * because it reads MariaDB's counters and measures memory.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import {
  formatFullKey,
  issueClientPair,
  issueFullKey,
  issuePersonalPair,
  randomBase62,
} from '../../../src/api-keys/credentials/credential.js';
import { createDatabase } from '../../support/engine.js';
import { bcryptRow, foreignKey, importLines, PREFIX, sha256Row } from '../../support/imports.js';
import { heapUsedMb } from '../../support/memory.js';
import { TestServer, type User } from '../../support/server.js';

/** How often the server renews its lease. */
const RENEWAL_MS = 1000;

/** How long the idle server is observed, and how many SELECTs it may send meanwhile. */
const IDLE_MS = 3000;
const IDLE_SELECTS_PER_SECOND = 25;

const FLUSH_MS = 100;

/** How often blocks of a quota are borrowed until they last as long as they should. */
const GROWING_BLOCKS = 3;

/** Unknown public ids that the cache holds. */
const UNKNOWN_MAX = 10_000;

type Counts = Record<'Com_select' | 'Com_insert' | 'Com_update' | 'Com_delete', number>;

const mariadb = process.env.TEST_DATABASE_URL;

(mariadb ? describe : describe.skip)("SQL statements of a verification, by MariaDB's own counters", () => {
  let server: TestServer;
  let monitor: mysql.Connection;
  let user: User;
  let application: string;
  let caller: string;
  let idleSelectsPerMs: number;
  beforeAll(async () => {
    server = await TestServer.start({ USAGE_FLUSH_INTERVAL_MS: String(FLUSH_MS) }, createDatabase(mariadb));
    monitor = await mysql.createConnection(server.databaseUrl.replace('mariadb:', 'mysql:'));
    user = await server.newMerchant();
    application = await server.newApplication(user);
    caller = (await server.newFullKey(user, application)).fullKey;
    const idle = await during(() => sleep(IDLE_MS));
    idleSelectsPerMs = idle.Com_select / idle.ms;
    expect(idleSelectsPerMs * 1000).toBeLessThan(IDLE_SELECTS_PER_SECOND);
  });
  afterAll(async () => {
    await monitor.end();
    await server.stop();
  });

  const read = async (): Promise<Counts> => {
    const [rows] = await monitor.query<mysql.RowDataPacket[]>('SHOW GLOBAL STATUS LIKE "Com\\\\_%"');
    return Object.fromEntries(rows.map((row) => [row.Variable_name, Number(row.Value)])) as Counts;
  };
  /** The statements that the work caused, and how long it took; what was counted is written within it. */
  const during = async (work: () => Promise<unknown>): Promise<Counts & { ms: number }> => {
    await server.flushed();
    await server.sealed();
    await sleep(2 * FLUSH_MS);
    const before = await read();
    const start = performance.now();
    await work();
    await sleep(2 * FLUSH_MS);
    const after = await read();
    const by = (name: keyof Counts) => after[name] - before[name];
    return {
      Com_select: by('Com_select'),
      Com_insert: by('Com_insert'),
      Com_update: by('Com_update'),
      Com_delete: by('Com_delete'),
      ms: performance.now() - start,
    };
  };
  /** What the server reads in that time whatever it is asked: what it reads when idle, the caller's last use in each flush, and a few for the edges. */
  const selectsOfTime = (ms: number) => 1.2 * idleSelectsPerMs * ms + ms / FLUSH_MS + 10;
  const verify = async (keys: string[]): Promise<string[]> => {
    const outcomes: string[] = [];
    for (let from = 0; from < keys.length; from += 100) {
      const json = { keys: keys.slice(from, from + 100).map((key) => ({ key })) };
      const { body } = await server.call('POST', '/api/v1/keys/verify/batch', { token: caller, json });
      outcomes.push(...body.results.map(({ outcome }: { outcome: string }) => outcome));
    }
    return outcomes;
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const garbage = (): string => {
    const kinds = [
      () => `ks_live_${randomBase62(54)}`,
      () => `ks_test_${randomBase62(53)}`,
      () => randomBase62(60),
      () => `${issueClientPair().publicId}:${issueClientPair().secret}`,
      () => `${issuePersonalPair().publicId}:${issuePersonalPair().secret}`,
      () => `${issueClientPair().publicId}:${randomBase62(64)}`,
      () => formatFullKey(issueFullKey('live')).slice(0, -1),
      () =>
        `${part({ alg: 'ES256', typ: 'at+jwt', kid: randomBase62(8) })}.${part({ iss: 'else' })}.${randomBase62(86)}`,
    ];
    return kinds[Math.floor(Math.random() * kinds.length)]?.() ?? '';
  };

  it('are none for 100,000 credentials of a wrong shape or with a wrong checksum, which leave nothing in memory', async () => {
    await verify(Array.from({ length: 5000 }, garbage));
    const before = heapUsedMb();
    const made = await during(async () => {
      for (let round = 0; round < 10; round += 1) {
        const outcomes = await verify(Array.from({ length: 10_000 }, garbage));
        expect(new Set(outcomes)).toEqual(new Set(['NOT_FOUND']));
      }
    });
    expect(made.Com_select).toBeLessThan(selectsOfTime(made.ms));
    expect(made.Com_insert).toBe(0);
    expect(made.Com_delete).toBe(0);
    expect(made.Com_update).toBeLessThan(made.ms / RENEWAL_MS + made.ms / FLUSH_MS + 3);
    expect(heapUsedMb() - before).toBeLessThan(5);
  });

  it('are none for 10,000 verifications of known keys, limits included, beside a few per flush', async () => {
    const limits = { rateLimit: { limit: 1e6, windowSeconds: 60 }, quota: { limit: 1e6, period: 'month' } };
    const keys: string[] = [];
    for (let index = 0; index < 50; index += 1) {
      const made = await server.newFullKey(user, application, index % 2 ? limits : {});
      keys.push(made.fullKey);
    }
    await verify(keys);
    const made = await during(async () => {
      const outcomes = await verify(Array.from({ length: 10_000 }, (_, index) => keys[index % 50] ?? ''));
      expect(new Set(outcomes)).toEqual(new Set(['VALID']));
      for (let index = 0; index < 200; index += 1)
        await server.call('GET', '/api/v1/keys/check', { token: keys[index % 50] });
    });
    const flushes = made.ms / FLUSH_MS + 1;
    // All quotas are exchanged together, by two reads and three writes, in each flush and in between as their first blocks grow.
    const exchanges = flushes + GROWING_BLOCKS;
    expect(made.Com_select).toBeLessThan(selectsOfTime(made.ms) + 2 * exchanges);
    // Usage is counted by key, by month and by merchant; last uses are another statement.
    expect(made.Com_insert).toBeLessThanOrEqual(3 * exchanges + 3 * flushes);
    expect(made.Com_insert).toBeGreaterThan(0);
    expect(made.Com_update).toBeLessThan(flushes + made.ms / RENEWAL_MS + 3);
  });

  it('are one for a well-formed unknown key, however often and from wherever it comes', async () => {
    const key = formatFullKey(issueFullKey('live'));
    const made = await during(async () => {
      expect(new Set(await verify(Array<string>(5000).fill(key)))).toEqual(new Set(['NOT_FOUND']));
    });
    expect(made.Com_select).toBeLessThan(selectsOfTime(made.ms) + 1);
    const { fullKey } = await server.newFullKey(user, application);
    expect(await verify([fullKey])).toEqual(['VALID']);
  });

  it('are none for what cannot be an imported key by its shape, and one for each that can, however often it comes', async () => {
    const key = foreignKey();
    await importLines(server, user, [sha256Row(key), await bcryptRow(foreignKey())]);
    for (const neighbour of [await server.newMerchant(), await server.newMerchant()])
      await importLines(server, neighbour, [sha256Row(foreignKey()), await bcryptRow(foreignKey())]);
    expect(await verify([key])).toEqual(['VALID']);
    const elsewhere = [
      () => foreignKey('acme_test_'),
      () => foreignKey(PREFIX, 41),
      () => foreignKey(PREFIX, 43),
      () => ` ${foreignKey(PREFIX, 41)}`,
      garbage,
    ];
    const others = Array.from({ length: 5000 }, (_, index) => elsewhere[index % elsewhere.length]?.() ?? '');
    const refused = await during(async () => {
      expect(new Set(await verify([...others, ...Array<string>(1000).fill(key)]))).toEqual(
        new Set(['NOT_FOUND', 'VALID']),
      );
    });
    expect(refused.Com_select).toBeLessThan(selectsOfTime(refused.ms));
    const alike = Array.from({ length: 50 }, () => foreignKey());
    const asked = await during(async () => {
      for (let round = 0; round < 20; round += 1) expect(new Set(await verify(alike))).toEqual(new Set(['NOT_FOUND']));
    });
    // Each by its digest and by its first characters, as each of three merchants may have imported it.
    expect(asked.Com_select).toBeGreaterThanOrEqual(50);
    expect(asked.Com_select).toBeLessThan(50 + selectsOfTime(asked.ms));
  });

  it('do not grow with the number of unknown keys, which never displace a valid one', async () => {
    const extra = 500;
    const keys = Array.from({ length: UNKNOWN_MAX + extra }, () => formatFullKey(issueFullKey('live')));
    const first = await during(() => verify(keys));
    expect(first.Com_select).toBeGreaterThanOrEqual(keys.length);
    const latest = await during(() => verify(keys.slice(-2000)));
    expect(latest.Com_select).toBeLessThan(selectsOfTime(latest.ms));
    const forgotten = await during(() => verify(keys.slice(0, 400)));
    expect(forgotten.Com_select).toBeGreaterThanOrEqual(400);
    const own = await during(() => verify([caller]));
    expect(own.Com_select).toBeLessThan(selectsOfTime(own.ms));
  });
});
