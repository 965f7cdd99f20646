import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';
import { onDuplicate } from '../engine-sql.js';
import { MerchantUsage1763788000000 } from './1763788000000-merchant-usage.js';

/**
 * Counts of verifications in a row for each month of a key, and for each day of a merchant, with a column for each day or hour. They replace
 * `key_day` and `merchant_usage`, whose counts are copied. What a broken-off copy has left is copied anew.
 */
export class UsageSlots1763790500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasTable('key_day')) {
      await runner.dropTable('key_month', true);
      await createKeyMonth(runner);
      for (const time of await timesOf(runner, 'key_day', 'day')) await copyDay(runner, time);
      await runner.dropTable('key_day');
    }
    if (await runner.hasTable('merchant_usage')) {
      await runner.dropTable('merchant_day', true);
      await createMerchantDay(runner);
      for (const time of await timesOf(runner, 'merchant_usage', 'hour')) await copyHour(runner, time);
      await runner.dropTable('merchant_usage');
    }
  }

  /** The counts are lost. */
  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['merchant_day', 'key_month']) await runner.dropTable(table);
    await new MerchantUsage1763788000000().up(runner);
  }
}

const text = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) });
const time = (name: string): TableColumnOptions => ({ name, type: 'datetime', precision: 3 });
const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
const counts = (...names: string[]): TableColumnOptions[] =>
  names.map((name) => ({ name, type: 'bigint', default: 0 }));
const numbered = (letter: string, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, n) => letter + twoDigits(first + n));
const twoDigits = (number: number): string => String(number).padStart(2, '0');

async function createKeyMonth(runner: QueryRunner): Promise<void> {
  const personalOf = {
    name: 'personal_of',
    type: runner.dataSource.driver.normalizeType({ type: Number }),
    isNullable: true,
  };
  await runner.createTable(
    new Table({
      name: 'key_month',
      columns: [
        ...[text('merchant_id', 36), time('month'), text('outcome', 20)].map(primary),
        ...[text('key_id', 36), text('external_id', 255)].map(primary),
        ...[text('application_id', 36), personalOf],
        ...counts('total', ...numbered('d', 1, 31)),
      ],
      indices: [{ name: 'key_month_month', columnNames: ['month'] }],
    }),
  );
}

async function createMerchantDay(runner: QueryRunner): Promise<void> {
  await runner.createTable(
    new Table({
      name: 'merchant_day',
      columns: [
        ...[text('merchant_id', 36), text('external_id', 255), time('day')].map(primary),
        ...[text('application_id', 36), text('outcome', 20)].map(primary),
        ...counts('total', ...numbered('h', 0, 23)),
      ],
      indices: [{ name: 'merchant_day_day', columnNames: ['day'] }],
    }),
  );
}

/** A time as both engines store it. */
const stored = (date: Date): string => date.toISOString().slice(0, -1).replace('T', ' ');

async function timesOf({ manager }: QueryRunner, table: string, column: string): Promise<Date[]> {
  const rows = await manager.query<{ at: Date | string }[]>(`SELECT DISTINCT ${column} AS at FROM ${table}`);
  return rows.map(({ at }) => (at instanceof Date ? at : new Date(`${at.replace(' ', 'T')}Z`)));
}

async function copyDay({ manager }: QueryRunner, day: Date): Promise<void> {
  const month = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth()));
  const column = `d${twoDigits(day.getUTCDate())}`;
  const ending = onDuplicate(manager, ['total', column], (name, added) => `key_month.${name} + ${added}`);
  for (const [outcome, condition] of [
    [`''`, ''],
    ['outcome', `AND outcome <> 'VALID'`],
  ])
    await manager.query(
      `INSERT INTO key_month (merchant_id, month, outcome, key_id, external_id, application_id, personal_of, total, ${column})
       SELECT merchant_id, ?, ${outcome}, key_id, external_id, MAX(application_id), MAX(personal_of), SUM(count), SUM(count)
       FROM key_day WHERE day = ? ${condition} GROUP BY merchant_id, ${outcome === 'outcome' ? 'outcome, ' : ''}key_id, external_id ${ending}`,
      [stored(month), stored(day)],
    );
}

async function copyHour({ manager }: QueryRunner, hour: Date): Promise<void> {
  const day = new Date(hour);
  day.setUTCHours(0);
  const column = `h${twoDigits(hour.getUTCHours())}`;
  const ending = onDuplicate(manager, ['total', column], (name, added) => `merchant_day.${name} + ${added}`);
  await manager.query(
    `INSERT INTO merchant_day (merchant_id, external_id, day, application_id, outcome, total, ${column})
     SELECT merchant_id, external_id, ?, application_id, outcome, count, count FROM merchant_usage WHERE hour = ? ${ending}`,
    [stored(day), stored(hour)],
  );
}
