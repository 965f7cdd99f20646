/** Guarantees of the upgrade that gives counts of verifications a column for each day or hour: every count is kept, even when the upgrade was broken off. */

import type { DataSource } from 'typeorm';
import { TABLES } from '../../src/entities.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/schema.js';
import { createEmptyDatabase, type TestDatabase } from '../support/engine.js';

const MIGRATION = 'UsageSlots1763790500000';

describe('the upgrade of counts', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeEach(async () => {
    database = await createEmptyDatabase();
    source = await createDataSource(database.url, TABLES).initialize();
    await migrate(source);
    const later =
      source.migrations.length - source.migrations.findIndex(({ constructor }) => constructor.name === MIGRATION);
    for (let left = later; left > 0; left -= 1) await source.undoLastMigration({ transaction: 'none' });
  });
  afterEach(async () => {
    await source.destroy();
    await database.drop();
  });

  const insert = (table: string, ...rows: unknown[][]) =>
    Promise.all(rows.map((row) => source.query(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`, row)));
  /** The counts of a table that are not zero, under the names of their columns. */
  const read = async (table: string) => {
    const rows = await source.query<Record<string, unknown>[]>(`SELECT * FROM ${table}`);
    const counts = rows.map((row) => {
      const { month, day, ...others } = row;
      const start = month ?? day;
      const at = start instanceof Date ? start.toISOString() : `${String(start).replace(' ', 'T')}Z`;
      const given = Object.entries(others)
        .filter(([name, value]) => !/^[dh]\d\d$/.test(name) || Number(value) !== 0)
        .map(([name, value]) => [name, /^[dh]\d\d$|^total$/.test(name) ? Number(value) : value] as const);
      return { at, ...Object.fromEntries(given) };
    });
    return new Set(counts);
  };

  const fill = async () => {
    const row = (day: string, keyId: string, outcome: string, count: number) => [
      ...['m', `${day} 00:00:00.000`, keyId, outcome],
      ...['a', '', null, count],
    ];
    await insert(
      'key_day',
      row('2026-10-31', 'k1', 'VALID', 5),
      row('2026-11-01', 'k1', 'VALID', 7),
      row('2026-11-01', 'k1', 'EXPIRED', 2),
      row('2026-11-30', 'k1', 'VALID', 1),
      row('2026-11-30', 'k2', 'EXPIRED', 4),
    );
    await insert(
      'merchant_usage',
      ['m', '', '2026-11-01 00:00:00.000', 'a', 'VALID', 3],
      ['m', '', '2026-11-01 23:00:00.000', 'a', 'VALID', 4],
      ['m', '', '2026-11-02 05:00:00.000', 'a', 'VALID', 6],
      ['m', 'cus', '2026-11-02 05:00:00.000', 'a', 'EXPIRED', 8],
    );
  };
  const key = { merchant_id: 'm', external_id: '', application_id: 'a', personal_of: null };
  const [october, november] = ['2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'];
  const merchant = { merchant_id: 'm', application_id: 'a' };

  const expectCounts = async () => {
    expect(await read('key_month')).toEqual(
      new Set([
        { at: october, ...key, key_id: 'k1', outcome: '', total: 5, d31: 5 },
        { at: november, ...key, key_id: 'k1', outcome: '', total: 10, d01: 9, d30: 1 },
        { at: november, ...key, key_id: 'k1', outcome: 'EXPIRED', total: 2, d01: 2 },
        { at: november, ...key, key_id: 'k2', outcome: '', total: 4, d30: 4 },
        { at: november, ...key, key_id: 'k2', outcome: 'EXPIRED', total: 4, d30: 4 },
      ]),
    );
    expect(await read('merchant_day')).toEqual(
      new Set([
        { at: november, ...merchant, external_id: '', outcome: 'VALID', total: 7, h00: 3, h23: 4 },
        { at: '2026-11-02T00:00:00.000Z', ...merchant, external_id: '', outcome: 'VALID', total: 6, h05: 6 },
        { at: '2026-11-02T00:00:00.000Z', ...merchant, external_id: 'cus', outcome: 'EXPIRED', total: 8, h05: 8 },
      ]),
    );
  };

  it('keeps every count', async () => {
    await fill();
    await migrate(source);
    await expectCounts();
  });

  it('begins anew after it was broken off', async () => {
    await fill();
    await source.query('CREATE TABLE key_month (a int)');
    await migrate(source);
    await expectCounts();
  });
});
